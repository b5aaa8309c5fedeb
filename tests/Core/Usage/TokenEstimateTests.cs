using System.Text;
using Ensemble.Chat;
using Ensemble.Usage;

namespace Ensemble.Core.Tests.Usage;

public sealed class TokenEstimateTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("a", 1)]
    [InlineData("abcd", 1)]
    [InlineData("abcde", 2)]
    [InlineData("日本語", 3)]
    [InlineData("ab é 😀", 3)]
    public void OfText_AnyScript_CountsAlikeInBothEncodings(string text, long expected)
    {
        TokenEstimate.OfText(text).ShouldBe(expected);
        TokenEstimate.OfUtf8(Encoding.UTF8.GetBytes(text)).ShouldBe(expected);
    }

    [Fact]
    public void OfRequest_TextPartsAndImage_AddsSurchargesAndFlatImage()
    {
        var body = """
            {"model":"m","messages":[
              {"role":"system","content":"abcdefgh"},
              {"role":"user","content":[{"type":"text","text":"abcd"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}]}
            """u8.ToArray();

        TokenEstimate.OfRequest(ChatRequestParser.Parse(body, ChatLimits.Default)).ShouldBe(3 + (4 + 2) + (4 + 1 + TokenEstimate.ImageTokens));
    }

    [Fact]
    public void OfRequest_ToolCallsWithoutContent_AreCounted()
    {
        var body = """
            {"model":"m","messages":[{"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}]}]}
            """u8.ToArray();

        TokenEstimate.OfRequest(ChatRequestParser.Parse(body, ChatLimits.Default)).ShouldBeGreaterThan(20);
    }
}
