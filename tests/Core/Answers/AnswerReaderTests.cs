using System.Text;
using System.Text.Json.Nodes;
using Ensemble.Answers;
using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Upstreams;

namespace Ensemble.Core.Tests.Answers;

public sealed class AnswerReaderTests
{
    [Theory]
    [MemberData(nameof(ExtractionCases.Stated), MemberType = typeof(ExtractionCases))]
    [MemberData(nameof(ExtractionCases.Written), MemberType = typeof(ExtractionCases))]
    [MemberData(nameof(ExtractionCases.Percentages), MemberType = typeof(ExtractionCases))]
    [MemberData(nameof(ExtractionCases.NotNumbers), MemberType = typeof(ExtractionCases))]
    [MemberData(nameof(ExtractionCases.Corrected), MemberType = typeof(ExtractionCases))]
    [MemberData(nameof(ExtractionCases.Quantities), MemberType = typeof(ExtractionCases))]
    [MemberData(nameof(ExtractionCases.ForcedNumbers), MemberType = typeof(ExtractionCases))]
    [MemberData(nameof(ExtractionCases.Choices), MemberType = typeof(ExtractionCases))]
    [MemberData(nameof(ExtractionCases.OtherLists), MemberType = typeof(ExtractionCases))]
    [MemberData(nameof(ExtractionCases.YesNo), MemberType = typeof(ExtractionCases))]
    [MemberData(nameof(ExtractionCases.Words), MemberType = typeof(ExtractionCases))]
    [MemberData(nameof(ExtractionCases.Json), MemberType = typeof(ExtractionCases))]
    public void Read_Answer_SaysWhatItStates(AnswerType type, string question, string answer, string? expected) =>
        Show(Reader(question, type).Read(new ChatAnswer(answer, "stop"))).ShouldBe(expected);

    [Theory]
    [InlineData("json_object", "{\"a\":1.0}", "Json {\"a\":1}")]
    [InlineData("json_object", "[1]", null)]
    [InlineData("json_object", "42", null)]
    [InlineData("json_schema", "[1]", "Json [1]")]
    [InlineData("text", "42", "Number 42")]
    public void Read_ResponseFormat_DecidesWhatIsLookedFor(string format, string answer, string? expected) =>
        Show(Reader("Hi", AnswerType.Auto, format).Read(new ChatAnswer(answer, "stop"))).ShouldBe(expected);

    [Theory]
    [InlineData("The answer is 4", null)]
    [InlineData("The answer is 42 eggs, as", "Number 42")]
    [InlineData("Pari", null)]
    public void Read_CutAnswer_TrustsNothingThatTouchesTheCut(string answer, string? expected) =>
        Show(Reader("Hi", AnswerType.Auto).Read(new ChatAnswer(answer, "length"))).ShouldBe(expected);

    [Fact]
    public void Read_CutAnswerInOneToken_IsStillAChoice() =>
        Show(Reader("Which?\nA) x\nB) y", AnswerType.Auto).Read(new ChatAnswer("B", "length"))).ShouldBe("Choice B");

    [Theory]
    [InlineData("42", "stop", "I can't.")]
    [InlineData("42", "content_filter", null)]
    public void Read_RefusedOrFiltered_IsNoAnswer(string content, string finish, string? refusal) =>
        Reader("Hi", AnswerType.Auto).Read(new ChatAnswer(content, finish) { Refusal = refusal }).ShouldBeNull();

    [Fact]
    public void Read_ToolCalls_IgnoresOrderIdsAndHowArgumentsAreWritten()
    {
        var one = Calls("""[{"id":"1","type":"function","function":{"name":"f","arguments":"{\"a\":1,\"b\":2}"}},{"id":"2","type":"function","function":{"name":"g","arguments":""}}]""");
        var other = Calls("""[{"id":"x","type":"function","function":{"name":"g","arguments":"{}"}},{"id":"y","type":"function","function":{"name":"f","arguments":"{\"b\":2.0, \"a\":1}"}}]""");
        var different = Calls("""[{"id":"1","type":"function","function":{"name":"f","arguments":"{\"a\":1,\"b\":3}"}}]""");
        one.ShouldNotBeNull().Kind.ShouldBe(TypedAnswerKind.ToolCalls);
        one.ShouldBe(other);
        one.ShouldNotBe(different);
    }

    [Theory]
    [InlineData("""[{"type":"function","function":{"name":"f","arguments":"not json"}}]""", "ToolCalls [{\"f\":\"not json\"}]")]
    [InlineData("""[{"type":"custom","custom":{"name":"c","input":"x y"}}]""", "ToolCalls [{\"c\":\"x y\"}]")]
    [InlineData("[]", null)]
    public void Read_OddToolCalls_KeepsWhatTheySay(string calls, string? expected) => Show(Calls(calls)).ShouldBe(expected);

    [Fact]
    public void Read_CallsThatAreNotKnown_HaveNoType() =>
        Reader("Hi", AnswerType.Auto, tools: true).Read(new ChatAnswer("", "tool_calls") { CallsTools = true }).ShouldBeNull();

    [Theory]
    [InlineData("42", "Number 42")]
    [InlineData("I looked at it for a long time, and have come to think that no tool is needed here.", "ToolCalls []")]
    [InlineData("I don't know.", null)]
    public void Read_TextWhereToolsAreAllowed_DiffersFromAnyCall(string text, string? expected) =>
        Show(Reader("Hi", AnswerType.Auto, tools: true).Read(new ChatAnswer(text, "stop"))).ShouldBe(expected);

    [Fact]
    public void Read_VeryLongAnswer_ReadsItsEnd()
    {
        var filler = string.Concat(Enumerable.Repeat("word ", 20_000));
        var reader = Reader("Hi", AnswerType.Auto);
        Show(reader.Read(new ChatAnswer("The answer is 41. " + filler + "The answer is 42.", "stop"))).ShouldBe("Number 42");
        Show(reader.Read(new ChatAnswer("The answer is 41. " + filler, "stop"))).ShouldBeNull();
    }

    [Theory]
    [InlineData("answer ")]
    [InlineData("the answer is not ")]
    [InlineData("\\boxed{")]
    [InlineData("\\frac{1")]
    [InlineData("**")]
    [InlineData("1,")]
    [InlineData("A and ")]
    [InlineData("1 = ")]
    [InlineData("<<")]
    [InlineData("½²")]
    [InlineData("{")]
    [InlineData("not (A) ")]
    [InlineData("I'm sorry ")]
    public void Read_HostileRepetition_ComesToAnEnd(string piece)
    {
        var answer = new ChatAnswer(string.Concat(Enumerable.Repeat(piece, PlainText.MaxCharacters / piece.Length)), "stop");
        foreach (var type in Enum.GetValues<AnswerType>())
        {
            Should.NotThrow(() => Reader("Which?\nA) x\nB) y", type).Read(answer));
        }
    }

    private static string? Show(TypedAnswer? typed) => typed is null ? null : $"{typed.Kind} {typed.Text}";

    private static TypedAnswer? Calls(string calls)
    {
        var choices = $$"""[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":{{calls}}},"finish_reason":"tool_calls"}]""";
        return Reader("Hi", AnswerType.Auto, tools: true)
            .Read(new ChatAnswer("", "tool_calls") { CallsTools = true, Choices = Encoding.UTF8.GetBytes(choices) });
    }

    private static AnswerReader Reader(string question, AnswerType type, string? format = null, bool tools = false)
    {
        var body = new JsonObject
        {
            ["model"] = "panel",
            ["messages"] = new JsonArray(
                new JsonObject { ["role"] = "user", ["content"] = "A) first B) second" },
                new JsonObject { ["role"] = "assistant", ["content"] = "A" },
                new JsonObject { ["role"] = "user", ["content"] = question }),
        };
        if (format is not null)
        {
            body["response_format"] = new JsonObject { ["type"] = format };
        }

        return AnswerReader.For(ChatRequestParser.Parse(Encoding.UTF8.GetBytes(body.ToJsonString()), ChatLimits.Default), type, tools);
    }
}
