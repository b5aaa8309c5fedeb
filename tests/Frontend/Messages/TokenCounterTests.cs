using System.Text;
using Ensemble.Chat;
using Ensemble.Frontend.Messages;

namespace Ensemble.Frontend.Tests.Messages;

/// <summary>What a prompt's tokens are estimated as.</summary>
public sealed class TokenCounterTests
{
    private static readonly TokenCounter Counter = new();

    [Fact]
    public void Count_OfALongText_IsTheSumOfItsWords() =>
        Count($$"""[{"role":"user","content":"{{string.Join(' ', Enumerable.Repeat("hello", 5000))}}"}]""").ShouldBe(5000 + 6);

    [Fact]
    public void Count_OfOneEndlessWord_IsDone() =>
        Count($$"""[{"role":"user","content":"{{new string('x', 1_000_000)}}"}]""").ShouldBeGreaterThan(10_000);

    [Fact]
    public void Count_OfPartsCallsAndResults_HasAllOfThem() => Count(
        """
        [{"role":"user","content":[{"type":"text","text":"hello"},{"type":"image_url","image_url":{"url":"https://x/y.png"}}]},
         {"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"hello","arguments":"hello"}}]},
         {"role":"tool","tool_call_id":"c","content":"hello"}]
        """).ShouldBe(3 + (3 * 3) + 1 + 765 + 8 + 1 + 1 + 1);

    private static long Count(string messages) =>
        Counter.Count(ChatRequestParser.Parse(Encoding.UTF8.GetBytes($$"""{"model":"m","messages":{{messages}}}"""), ChatLimits.Default));
}
