using Ensemble.Catalog;
using Ensemble.Runs;
using Ensemble.Testing;

namespace Ensemble.Core.Tests.Runs;

public sealed class NameScrubberTests
{
    private static readonly CatalogSnapshot Catalog = new CatalogBuilder()
        .Add(TestModels.OpenAi("kimi-k2", new Uri("https://api.moon.test/v1"), "kimi-k2-0905") with { Family = "kimi" })
        .Add(TestModels.OpenAi("large", new Uri("http://gpu-7:8000/v1"), "together"))
        .Build();

    [Theory]
    [InlineData("kimi-k2-0905 is overloaded.", "the model is overloaded.")]
    [InlineData("Kimi-K2-0905-mini is overloaded.", "the model is overloaded.")]
    [InlineData("See https://platform.openai.com/docs/x?y=1 for help", "See [address] for help")]
    [InlineData("Ask help.openai.com", "Ask [address]")]
    [InlineData("Organization org-AbC123456 is out", "Organization [account] is out")]
    [InlineData("OpenAI and Anthropic say no", "the model and the model say no")]
    [InlineData("'max_tokens' is too large: 5000.", "'max_tokens' is too large: 5000.")]
    [InlineData("Claudette agrees", "Claudette agrees")]
    [InlineData("Both cannot be used together.", "Both cannot be used together.")]
    [InlineData("The prompt is too large for a large model.", "The prompt is too large for a large model.")]
    [InlineData("'large' is overloaded", "'the model' is overloaded")]
    [InlineData("The model large is overloaded", "The model the model is overloaded")]
    [InlineData("large-2411 is overloaded", "the model is overloaded")]
    [InlineData("ask together.ai or Together AI", "ask [address] or the model")]
    [InlineData("moon/kimi-k2-0905:free is busy", "the model is busy")]
    [InlineData("Incorrect key sk-ab12****cd34.", "Incorrect key [key]")]
    [InlineData("host gpu-7:8000 is away", "host the model is away")]
    [InlineData("see models//kimi-k2-0905/x or ./kimi-k2", "see the model or the model")]
    public void Scrub_Message_HoldsNoName(string message, string expected) => NameScrubber.Scrub(message, Catalog, "panel").ShouldBe(expected);

    [Fact]
    public void Scrub_TheCallersOwnAlias_Stays() => NameScrubber.Scrub("kimi-k2 is busy", Catalog, "kimi-k2").ShouldBe("kimi-k2 is busy");

    [Theory]
    [InlineData("a/")]
    [InlineData("a-/")]
    [InlineData("-")]
    [InlineData("kimi/")]
    public void Scrub_LongPath_IsLookedThroughAtOnce(string part)
    {
        var message = string.Concat(Enumerable.Repeat(part, 2000 / part.Length)) + "!";
        NameScrubber.Scrub(message, Catalog, "panel");
        var watch = System.Diagnostics.Stopwatch.StartNew();

        for (var time = 0; time < 20; time++)
        {
            NameScrubber.Scrub(message, Catalog, "panel");
        }

        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void Scrub_HugeMessage_IsBoundedAndQuickAndHasNoHalfName()
    {
        NameScrubber.Scrub(string.Concat(Enumerable.Repeat("a-", 500_000)), Catalog, "panel").Length.ShouldBeLessThanOrEqualTo(501);
        var text = NameScrubber.Scrub(string.Concat(Enumerable.Repeat("kimi-k2-0905 ", 10_000)), Catalog, "panel");
        text.Length.ShouldBeLessThanOrEqualTo(501);
        text.ShouldNotContain("kimi");
    }
}
