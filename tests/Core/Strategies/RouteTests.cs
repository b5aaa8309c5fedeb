using Ensemble.Catalog;
using Ensemble.Core.Tests.Runs;
using Ensemble.Testing;
using Ensemble.Upstreams;
using Ensemble.Usage;

namespace Ensemble.Core.Tests.Strategies;

public sealed class RouteTests
{
    private readonly RunBench _bench = new(TestEnsembles.Of(StrategyKind.Route, "panel", ["a", "b", "c"], "judge"));

    public RouteTests() => _bench.Upstream.On("a", Does.Say("by a")).On("b", Does.Say("by b")).On("judge", Does.Assist("", route: "a"));

    [Fact]
    public async Task Execute_RuleMatches_ItsTargetAnswersLiveAndNobodyElseIsAsked()
    {
        _bench.Ensemble = _bench.Ensemble with { Route = _bench.Ensemble.Route! with { Rules = [new RouteRule(new RouteCondition { MaxWords = 100 }, "a")] } };

        var outcome = await _bench.RunAsync(RunBench.StreamedQuestion);

        outcome.Text.ShouldBe("by a");
        _bench.Upstream.Calls.Select(call => (call.Model, call.Streamed)).ShouldBe([("a", true)]);
        outcome.Manifest.Decisions.ShouldBe([new DecisionManifest("route", "rule") { Index = 0 }]);
    }

    [Fact]
    public async Task Execute_NoRuleMatches_TheClassifierChooses()
    {
        (await _bench.RunAsync()).Text.ShouldBe("by a");
        _bench.Upstream.CallsOf("judge").Count.ShouldBe(1);
    }

    [Fact]
    public async Task Execute_ClassifierFails_TheDefaultMarked()
    {
        _bench.Upstream.On("judge", Does.Say("whoever"));

        var outcome = await _bench.RunAsync();

        outcome.Text.ShouldBe("by b");
        outcome.Manifest.Degraded.ShouldBe(["classifier_failed"]);
    }

    [Fact]
    public async Task Execute_TargetFails_TheDefaultAnswers()
    {
        _bench.Upstream.On("a", Does.Fail(CallOutcome.ServerError, 500));

        var outcome = await _bench.RunAsync();

        outcome.Text.ShouldBe("by b");
        outcome.Manifest.Decisions[^1].ShouldBe(new DecisionManifest("route", "target_failed") { Reason = "server_error" });
    }

    [Fact]
    public async Task Execute_VerifiedTargetFailsItsAudit_TheDefaultAnswers()
    {
        _bench.Ensemble = _bench.Ensemble with { Route = _bench.Ensemble.Route! with { Verify = new RouteVerifyConfig("judge") } };
        _bench.Upstream.On("judge", Does.Assist("", route: "a", pass: false));

        (await _bench.RunAsync()).Text.ShouldBe("by b");
    }

    [Theory]
    [InlineData("by a", "agrees")]
    [InlineData("something else altogether", "differs")]
    public async Task Execute_Shadowed_SaysWhetherTheDefaultWouldHaveSaidTheSame(string byDefault, string verdict)
    {
        _bench.Ensemble = _bench.Ensemble with { Route = _bench.Ensemble.Route! with { ShadowRate = 1 } };
        _bench.Upstream.On("b", Does.Say(byDefault));

        var outcome = await _bench.RunAsync();

        outcome.Text.ShouldBe("by a");
        outcome.Manifest.Decisions[^1].Verdict.ShouldBe(verdict);
        outcome.Manifest.SubCalls.ShouldContain(subCall => subCall.Usage.Key.Step == SubCallStep.Shadow);
    }
}
