using System.Text;
using System.Text.Json.Nodes;
using Ensemble.Chat;
using Ensemble.Core.Tests.Runs;
using Ensemble.Runs;
using Ensemble.Strategies;

namespace Ensemble.Core.Tests.Strategies;

public sealed class ToolCallIdsTests
{
    private readonly ToolCallIds _ids = new(RunBench.Id, "maker");

    [Theory]
    [InlineData("[]")]
    [InlineData("""[{"delta":{"content":"\"tool_calls\" :[{\"id\":\"x\"}]"}}]""")]
    [InlineData("""[{"id":"kept","delta":{"tool_calls":null,"other":[{"id":"kept"}]}}]""")]
    [InlineData("""[{"delta":{"tool_calls":[{"index":0,"id":"","function":{"arguments":"{\"id\":\"kept\"}"}}]}}]""")]
    [InlineData("""[{"delta":{"tool_calls":[{"index":0,"id":null,"function":{"id":"kept"}}]}}]""")]
    public void Replace_NoIdOfACall_LeavesEveryByte(string choices) => Replace(choices).ShouldBe(choices);

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

    private string Replace(string choices) => Encoding.UTF8.GetString(_ids.Replace(Encoding.UTF8.GetBytes(choices)).Span);
}
