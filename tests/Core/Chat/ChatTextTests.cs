using Ensemble.Chat;
using Ensemble.Core.Tests.Runs;

namespace Ensemble.Core.Tests.Chat;

public sealed class ChatTextTests
{
    [Theory]
    [InlineData("\"plain \\u00e9 \\\"q\\\"\"", "plain é \"q\"")]
    [InlineData("[]", "")]
    [InlineData("[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"image_url\",\"image_url\":{\"url\":\"u\"}},{\"x\":{\"text\":\"no\"},\"text\":\"b\",\"type\":\"text\"}]", "a\n[image attached]\nb")]
    [InlineData("[{\"type\":\"refusal\",\"refusal\":\"no\"},{\"type\":\"input_audio\"},{\"type\":\"file\"},{\"type\":\"else\"}]", "no\n[audio attached]\n[file attached]\n[content attached]")]
    [InlineData("\"half \\ud83d of it\"", "half \uFFFD of it")]
    [InlineData("[{\"type\":\"text\",\"text\":\"\\udc00\"}]", "\uFFFD")]
    public void Of_Content_IsItsTextWithNotesForTheRest(string content, string expected)
    {
        var chat = RunBench.Parse($$"""{"model":"m","messages":[{"role":"user","content":{{content}}}]}""");
        ChatText.Of(chat, chat.Messages[0]).ShouldBe(expected);
    }

    [Fact]
    public void Of_CallWithoutContent_IsEmpty()
    {
        var chat = RunBench.Parse("""{"model":"m","messages":[{"role":"assistant","content":null,"tool_calls":[]}]}""");
        ChatText.Of(chat, chat.Messages[0]).ShouldBeEmpty();
    }
}
