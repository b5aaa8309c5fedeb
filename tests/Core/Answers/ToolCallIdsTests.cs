using System.Text;
using System.Text.Json.Nodes;
using Ensemble.Answers;
using Ensemble.Chat;
using Ensemble.Core.Tests.Runs;

namespace Ensemble.Core.Tests.Answers;

public sealed class ToolCallIdsTests
{
    private readonly ToolCallIds _ids = new(RunBench.Id, "maker");

    [Theory]
    [InlineData("[]")]
    [InlineData("""[{"delta":{"content":"\"tool_calls\" :[{\"id\":\"x\"}]"}}]""")]
    [InlineData("""[{"id":"kept","delta":{"tool_calls":null,"other":[{"id":"kept"}]}}]""")]
    public void Replace_NoIdOfACall_LeavesEveryByte(string choices) => Replace(choices).ShouldBe(choices);

    [Theory]
    [InlineData("""{"index":0,"id":"","function":{"arguments":"{\"id\":\"kept\"}"}}""")]
    [InlineData("""{"index":0,"id":null,"function":{"id":"kept"}}""")]
    public void Replace_LaterPieceOfACall_StaysAsItCame(string piece)
    {
        Replace("""[{"delta":{"tool_calls":[{"index":0,"id":"x","type":"function","function":{"name":"f","arguments":""}}]}}]""");
        var later = Delta(piece);
        Replace(later).ShouldBe(later);
    }

    [Theory]
    [InlineData("""{"function":{"name":"f","arguments":null}}""")]
    [InlineData("""{"id":"","type":"","function":{"name":"f"}}""")]
    [InlineData("""{"id":7,"type":null,"function":{"name":"f","arguments":{}}}""")]
    public void Replace_CallWithoutWhatClientsNeed_IsFilledIn(string call)
    {
        var whole = JsonNode.Parse(Replace("[{\"message\":{\"content\":null,\"tool_calls\":[" + call + "]}}]"))![0]!["message"]!["tool_calls"]![0]!;
        var first = JsonNode.Parse(Replace(Delta(call)))![0]!["delta"]!["tool_calls"]![0]!;

        ((string)whole["id"]!).ShouldStartWith("call_");
        ((string)whole["type"]!, (string)whole["function"]!["arguments"]!).ShouldBe(("function", "{}"));
        ((string)first["id"]!).ShouldStartWith("call_");
        ((string)first["type"]!).ShouldBe("function");
        ((string)first["function"]!["arguments"]!).ShouldBeOneOf("", "{}");
    }

    [Theory]
    [InlineData("message", "\"tool_calls\":{}")]
    [InlineData("message", "\"tool_calls\":\"none\"")]
    [InlineData("message", "\"function_call\":{}")]
    [InlineData("message", "\"function_call\":{\"name\":\"\",\"arguments\":\"\"}")]
    [InlineData("message", "\"function_call\":7")]
    [InlineData("delta", "\"tool_calls\":{}")]
    [InlineData("delta", "\"function_call\":\"f\"")]
    public void Replace_CallsThatAreNone_AreLeftOut(string part, string calls) =>
        Replace($$$"""[{"{{{part}}}":{"content":"a",{{{calls}}}}}]""").ShouldBe($$$"""[{"{{{part}}}":{"content":"a"}}]""");

    [Theory]
    [InlineData("""[{"message":{"function_call":{"name":"f","arguments":"{}"}}}]""")]
    [InlineData("""[{"message":{"function_call":null,"tool_calls":null}}]""")]
    [InlineData("""[{"delta":{"function_call":{"arguments":"{}"}}}]""")]
    public void Replace_LegacyCall_StaysAsItCame(string choices) => Replace(choices).ShouldBe(choices);

    [Fact]
    public void Replace_IdThatComesLate_IsLeftOut()
    {
        Replace("""[{"delta":{"tool_calls":[{"index":0,"function":{"name":"f","arguments":""}}]}}]""");

        Replace("""[{"delta":{"tool_calls":[{"index":0,"id":"late","function":{"arguments":"{}"}}]}}]""")
            .ShouldBe("""[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]}}]""");
    }

    [Fact]
    public void Replace_Ids_AreOursAndTheSameForTheSameCall()
    {
        var choices = JsonNode.Parse(Replace("""[{"message":{"tool_calls":[{"id":"call_long-one"},{"id":"aB3dE6gH9"},{"id":"call_long-one"}]}}]"""))!;
        var calls = choices[0]!["message"]!["tool_calls"]!.AsArray().Select(call => (string)call!["id"]!).ToArray();

        calls.ShouldAllBe(id => id.StartsWith("call_", StringComparison.Ordinal) && !id.Contains("long-one", StringComparison.Ordinal) && !id.Contains("aB3dE6gH9", StringComparison.Ordinal));
        calls[2].ShouldBe(calls[0]);
        calls[1].ShouldNotBe(calls[0]);
        ToolCallId.For(calls[1], "maker", out _).ShouldBe("aB3dE6gH9");
    }

    [Fact]
    public void Replace_OtherRun_HasOtherIds() =>
        Replace("""[{"delta":{"tool_calls":[{"id":"x"}]}}]""").ShouldNotBe(
            Encoding.UTF8.GetString(new ToolCallIds(RunId.New(), "maker").Replace("""[{"delta":{"tool_calls":[{"id":"x"}]}}]"""u8.ToArray()).Span));

    [Fact]
    public void Of_NoId_DiffersFromCallToCall() => _ids.Of(null).ShouldNotBe(_ids.Of(""));

    private static string Delta(string call) => "[{\"delta\":{\"tool_calls\":[" + call + "]}}]";

    private string Replace(string choices) => Encoding.UTF8.GetString(_ids.Replace(Encoding.UTF8.GetBytes(choices)).Span);
}
