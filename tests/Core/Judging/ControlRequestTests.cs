using Ensemble.Catalog;
using Ensemble.Core.Tests.Runs;
using Ensemble.Testing;

namespace Ensemble.Core.Tests.Judging;

/// <summary>Control calls about the largest requests that a caller may send.</summary>
public sealed class ControlRequestTests
{
    /// <summary>As many as a request may have.</summary>
    private const int Parts = 8192;

    [Theory]
    [InlineData(StrategyKind.Route)]
    [InlineData(StrategyKind.BestOf)]
    [InlineData(StrategyKind.Verify)]
    public async Task Of_RequestOfAsManyPartsAsItMayHave_IsAsked(StrategyKind strategy)
    {
        var bench = new RunBench(TestEnsembles.Of(strategy, "panel", ["a", "b", "c"], "judge"));
        foreach (var model in (string[])["a", "b", "c", "judge"])
        {
            bench.Upstream.On(model, Does.Assist($"by {model}"));
        }

        var parts = string.Join(',', Enumerable.Repeat("""{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}""", Parts));
        var outcome = await bench.RunAsync($$"""{"model":"panel","messages":[{"role":"user","content":[{{parts}}]}]}""");

        outcome.Failure.ShouldBeNull();
        outcome.Manifest.Degraded.ShouldBeEmpty();
        outcome.Text.ShouldStartWith("by ");
        bench.Upstream.CallsOf("judge").ShouldNotBeEmpty();
    }
}
