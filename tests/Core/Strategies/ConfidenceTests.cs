using Ensemble.Catalog;
using Ensemble.Core.Tests.Runs;
using Ensemble.Testing;

namespace Ensemble.Core.Tests.Strategies;

public sealed class ConfidenceTests
{
    private readonly RunBench _bench = new(TestEnsembles.Of(StrategyKind.Confidence, "panel", ["a", "b", "c"], "judge"));

    [Fact]
    public async Task Execute_SelfReports_TheSurestMembersAnswer()
    {
        _bench.Upstream.On("a", Does.Assist("one", confidence: 0.3)).On("b", Does.Assist("two", confidence: 0.9)).On("c", Does.Assist("three", confidence: 0.6));

        var outcome = await _bench.RunAsync();

        outcome.Text.ShouldBe("two");
        outcome.Manifest.Candidates.Select(candidate => candidate.Score).ShouldBe([0.3, 0.9, 0.6]);
        outcome.Manifest.SubCalls.Count(subCall => subCall.Usage.Role == SubCallRole.Control).ShouldBe(3);
    }

    [Fact]
    public async Task Execute_MemberReportsNothing_Abstains()
    {
        _bench.Upstream.On("a", Does.Assist("one", confidence: 0.3)).On("b", Does.Say("two")).On("c", Does.Assist("three", confidence: 0.2));

        var outcome = await _bench.RunAsync();

        outcome.Text.ShouldBe("one");
        outcome.Manifest.Candidates[1].Score.ShouldBeNull();
    }

    [Fact]
    public async Task Execute_Logprobs_AreAskedForAndCount()
    {
        _bench.Ensemble = _bench.Ensemble with { Confidence = new ConfidenceConfig(ConfidenceSource.Logprobs) };
        _bench.Upstream.On("a", Does.Say("one")).On("b", Does.SayWithLogprobs("two", -0.5, -0.1)).On("c", Does.SayWithLogprobs("three", -0.1, -0.1));

        var outcome = await _bench.RunAsync();

        outcome.Text.ShouldBe("three");
        outcome.Manifest.Candidates[1].Score!.Value.ShouldBe(-0.3, 1e-9);
        _bench.Upstream.Sent("a")["logprobs"]!.GetValue<bool>().ShouldBeTrue();
        _bench.Upstream.Calls.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Execute_NobodyKnows_TheMiddleOneMarked()
    {
        _bench.Upstream.On("a", Does.Say("the cat sat on a mat")).On("b", Does.Say("the cat sat on the mat")).On("c", Does.Say("a dog ran off"));

        var outcome = await _bench.RunAsync();

        outcome.Manifest.Degraded.ShouldBe(["no_confidence"]);
        outcome.Text.ShouldContain("cat");
    }
}
