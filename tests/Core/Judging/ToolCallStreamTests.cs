using System.Text;
using System.Text.Json.Nodes;
using Ensemble.Answers;
using Ensemble.Core.Tests.Runs;
using Ensemble.Judging;

namespace Ensemble.Core.Tests.Judging;

/// <summary>The tool calls of a judge's stream.</summary>
public sealed class ToolCallStreamTests
{
    [Fact]
    public void Take_ServerThatNumbersAllCalls0_ShowsEachCall()
    {
        var chat = RunBench.Parse(
            """{"model":"panel","messages":[{"role":"user","content":"?"}],"tools":[{"type":"function","function":{"name":"f"}}]}""");
        var calls = new ToolCallStream(ToolOffer.Of(chat), new ToolCallIds(RunBench.Id, "judge"));

        var shown = new[]
        {
            """{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\""}}""",
            """{"index":0,"function":{"arguments":":1}"}}""",
            """{"index":0,"id":"b","type":"function","function":{"name":"f","arguments":"{}"}}""",
        }.SelectMany((piece, position) => Calls(calls.Take(Chunk(piece), isFirst: position == 0))).ToList();

        shown.Select(static call => call["index"]!.GetValue<int>()).ShouldBe([0, 0, 1]);
        shown.Select(static call => call["function"]!["arguments"]!.GetValue<string>()).ShouldBe(["{\"x\"", ":1}", "{}"]);
        shown.Where(static call => call["id"] is not null).Select(static call => call["id"]!.GetValue<string>()).ShouldBeUnique();
    }

    private static byte[] Chunk(string piece) =>
        Encoding.UTF8.GetBytes($$$"""[{"index":0,"delta":{"tool_calls":[{{{piece}}}]}}]""");

    private static IEnumerable<JsonNode> Calls(ReadOnlyMemory<byte> choices) =>
        JsonNode.Parse(choices.Span)![0]!["delta"]!["tool_calls"]!.AsArray().Select(static call => call!);
}
