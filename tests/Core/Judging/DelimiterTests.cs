using System.Text.Json;
using Ensemble.Judging;

namespace Ensemble.Core.Tests.Judging;

public sealed class DelimiterTests
{
    [Fact]
    public void Around_TextThatHoldsTheFirstDraw_DrawsAgain()
    {
        var first = Delimiter.Around(["nothing"], new Random(1)).Nonce;
        var second = Delimiter.Around(["x" + first + "y"], new Random(1)).Nonce;

        first.Length.ShouldBe(12);
        second.Length.ShouldBe(12);
        second.ShouldNotBe(first);
    }

    [Fact]
    public void Constant_TextsThatDoNotHoldIt_HaveTheSame()
    {
        var usual = Delimiter.Constant(["nothing"]).Nonce;

        Delimiter.Constant(["nothing", "more"]).Nonce.ShouldBe(usual);
        var other = Delimiter.Constant(["nothing", $"x{usual}y"]).Nonce;
        other.Length.ShouldBe(12);
        other.ShouldNotBe(usual);
    }

    [Fact]
    public void Write_Text_StandsBetweenItsMarkersAsItIs()
    {
        using var prompt = new PromptWriter(hasAttachments: false);
        new Delimiter("00ff00ff00ff").Write(prompt, "candidate A", " two\nlines\n");

        using var message = JsonDocument.Parse(prompt.End());
        message.RootElement.GetProperty("content").GetString().ShouldBe("<<<candidate A 00ff00ff00ff>>>\n two\nlines\n\n<<<end candidate A 00ff00ff00ff>>>\n");
    }
}
