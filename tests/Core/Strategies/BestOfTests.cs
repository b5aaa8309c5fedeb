using Ensemble.Catalog;
using Ensemble.Core.Tests.Runs;
using Ensemble.Runs;
using Ensemble.Testing;
using Ensemble.Upstreams;
using Ensemble.Usage;

namespace Ensemble.Core.Tests.Strategies;

public sealed class BestOfTests
{
    private readonly RunBench _bench = new(TestEnsembles.Of(StrategyKind.BestOf, "panel", ["a", "b", "c"], "judge"));

    public BestOfTests() => _bench.Upstream.On("a", Does.Say("alpha one")).On("b", Does.Say("beta two")).On("c", Does.Say("gamma three"));

    [Theory]
    [InlineData("A", 0)]
    [InlineData("B", 1)]
    [InlineData("C", 2)]
    public async Task Execute_JudgePicks_ThatCandidateVerbatim(string label, int place)
    {
        _bench.Upstream.On("judge", Does.Assist("never shown", pick: label));

        var outcome = await _bench.RunAsync();

        var picked = outcome.Manifest.Judge!.Order[place].Member;
        outcome.Text.ShouldBe(new[] { "alpha one", "beta two", "gamma three" }[picked]);
        outcome.Manifest.Decisions[^1].Member.ShouldBe(picked);
        var sent = _bench.Upstream.Sent("judge");
        sent["temperature"]!.GetValue<double>().ShouldBe(0);
        sent["response_format"]!["json_schema"]!["schema"]!["properties"]!["pick"]!["enum"]!.AsArray().Count.ShouldBe(3);
    }

    [Fact]
    public async Task Execute_SwappedReadingsNameTheSamePlace_IsUndecided()
    {
        _bench.Ensemble = _bench.Ensemble with { BestOf = new BestOfConfig(Swap: true) };
        _bench.Upstream.On("judge", Does.Assist("", pick: "A"));

        var outcome = await _bench.RunAsync();

        outcome.Manifest.Degraded.ShouldBe(["undecided"]);
        outcome.Manifest.Decisions.ShouldContain(new DecisionManifest("pick", "undecided") { Reason = "readings_differ" });
        outcome.Text.ShouldBeOneOf("alpha one", "beta two", "gamma three");
    }

    [Fact]
    public async Task Execute_SwappedReadingsNameTheSameCandidate_IsPicked()
    {
        _bench.Ensemble = _bench.Ensemble with { BestOf = new BestOfConfig(Swap: true) };
        _bench.Upstream.On("judge", Does.Assist("", pick: "B"));

        // Of three the middle one stands in the same place both ways.
        (await _bench.RunAsync()).Manifest.Degraded.ShouldBeEmpty();
    }

    [Fact]
    public async Task Execute_SwappedReadingsNameTwoThatSayTheSame_IsPicked()
    {
        _bench.Ensemble = _bench.Ensemble with { BestOf = new BestOfConfig(Swap: true) };
        _bench.Upstream.On("a", Does.Say("42")).On("b", Does.Say("42.")).On("c", Does.Say("The answer is 42.")).On("judge", Does.Assist("", pick: "A"));

        (await _bench.RunAsync()).Manifest.Degraded.ShouldBeEmpty();
    }

    [Fact]
    public async Task Execute_JudgeTakesNoSchema_IsAskedAgainWithout()
    {
        _bench.Upstream.On("judge", Does.Reject("'response_format' of type 'json_schema' is not supported", param: "response_format"), Does.Say("Surely the second: {\"pick\": \"B\"}"));

        var outcome = await _bench.RunAsync();

        outcome.Manifest.Degraded.ShouldBeEmpty();
        _bench.Upstream.Sent("judge")["response_format"].ShouldBeNull();
        _bench.Upstream.CallsOf("judge").Count.ShouldBe(2);
    }

    [Fact]
    public async Task Execute_JudgeBabbles_ItsFallbackPicks()
    {
        _bench.Ensemble = _bench.Ensemble with { Judge = new JudgeConfig { Model = "judge", Fallbacks = ["second"] } };
        _bench.Upstream.On("judge", Does.Say("""{"pick":"Z"}""")).On("second", Does.Assist("", pick: "C"));

        (await _bench.RunAsync()).Manifest.Degraded.ShouldBeEmpty();
    }

    [Fact]
    public async Task Execute_JudgeFailsAndMustNot_Fails()
    {
        _bench.Ensemble = _bench.Ensemble with { OnJudgeFailure = OnJudgeFailure.Fail };
        _bench.Upstream.On("judge", Does.Fail(CallOutcome.ServerError, 500));

        (await _bench.RunAsync()).Events[^1].ShouldBeOfType<RunFailed>().Failure.Kind.ShouldBe(RunFailureKind.JudgeFailed);
    }
}
