using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Ensemble.Chat;
using Ensemble.Frontend.Messages;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Runs;
using Ensemble.Usage;

namespace Ensemble.Frontend.Tests.Dialects;

/// <summary>How chunks of chat completions become blocks, one open at a time.</summary>
public sealed class BlockStreamTests
{
    [Fact]
    public void Calls_ThatComeOneAfterTheOther_ArePassedOnAsTheyCome() => EventsOf(
        Call(0, "a", "f", ""), Call(0, null, null, "{\"x\""), Call(0, null, null, ":1}"), Call(1, "b", "g", ""), Call(1, null, null, "{}"))
        .ShouldBe(["begin f", "add {\"x\"", "add :1}", "end", "begin g", "add {}", "end"]);

    [Fact]
    public void Calls_ThatComeInTurn_WaitForTheOneBeforeThem() => EventsOf(
        Call(0, "a", "f", "{\"x\""), Call(1, "b", "g", "{"), Call(0, null, null, ":1}"), Call(1, null, null, "}"))
        .ShouldBe(["begin f", "add {\"x\"", "add :1}", "end", "begin g", "add {", "add }", "end"]);

    [Fact]
    public void Call_WithoutArguments_EndsWithTheAnswer() => EventsOf(Call(0, "a", "f", ""), Call(1, "b", "g", "{}"))
        .ShouldBe(["begin f", "end", "begin g", "add {}", "end"]);

    [Fact]
    public void Calls_UnderOneNumber_AreToldApartByTheirIds() => EventsOf(Call(0, "a", "f", "{}"), Call(0, "b", "g", "{}"))
        .ShouldBe(["begin f", "add {}", "end", "begin g", "add {}", "end"]);

    [Fact]
    public void Text_BeforeAndAfterACall_IsTwoBlocks() => EventsOf(
        Text("a"), Text("b"), Call(0, "a", "f", "{}"), Text("c"))
        .ShouldBe(["begin text", "add a", "add b", "end", "begin f", "add {}", "end", "begin text", "add c", "end"]);

    [Fact]
    public void Text_InParts_IsOneText() => EventsOf("""[{"index":0,"delta":{"content":[{"type":"thinking","thinking":[]},{"type":"text","text":"a"}]}}]""")
        .ShouldBe(["begin text", "add a", "end"]);

    [Theory]
    [InlineData("[]")]
    [InlineData("[{}]")]
    [InlineData("""[{"index":1,"delta":{"content":"other"}}]""")]
    [InlineData("""[{"index":0,"delta":{"content":null,"reasoning_content":"hm","tool_calls":[7]}}]""")]
    [InlineData("no json")]
    public void Chunk_WithoutAnythingToShow_IsNoBlock(string choices) =>
        EventsOf(choices).ShouldBeEmpty();

    private static string Text(string text) => $$$"""[{"index":0,"delta":{"content":"{{{text}}}"}}]""";

    private static string Call(int index, string? id, string? name, string arguments) =>
        JsonSerializer.Serialize(new[] { new { index = 0, delta = new { tool_calls = new[] { new { index, id, function = new { name, arguments } } } } } });

    private static List<string> EventsOf(params string[] chunks)
    {
        var pipe = new Pipe();
        var chat = ChatRequestParser.Parse("""{"model":"m","stream":true,"messages":[{"role":"user","content":"q"}]}"""u8.ToArray(), ChatLimits.Default);
        using (var stream = MessagesFormat.Instance.OpenStream(pipe.Writer, new RunRequest { Id = RunId.New(), Chat = chat, CatalogRevision = 1 }, 1))
        {
            foreach (var chunk in chunks)
            {
                stream.Choices(new ChoicesDelta(Encoding.UTF8.GetBytes(chunk)));
            }

            stream.End(new RunCompleted(new RunAnswer("stop") { IsDirect = true }, UsageTotals.None));
        }

        pipe.Writer.Complete();
        pipe.Reader.TryRead(out var read).ShouldBeTrue();
        return
        [
            .. Encoding.UTF8.GetString(read.Buffer.FirstSpan.Length == read.Buffer.Length ? read.Buffer.FirstSpan : System.Buffers.BuffersExtensions.ToArray(read.Buffer))
                .Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal))
                .Select(line => Show(JsonElement.Parse(line["data: ".Length..]))).OfType<string>(),
        ];
    }

    private static string? Show(JsonElement data) => data.Text("type") switch
    {
        "content_block_start" when data.GetProperty("content_block").TryGetProperty("name", out var name) => $"begin {name.GetString()}",
        "content_block_start" => "begin text",
        "content_block_delta" when data.GetProperty("delta").TryGetProperty("text", out var text) => $"add {text.GetString()}",
        "content_block_delta" => $"add {data.GetProperty("delta").Text("partial_json")}",
        "content_block_stop" => "end",
        _ => null,
    };
}
