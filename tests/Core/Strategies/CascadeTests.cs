using Ensemble.Catalog;
using Ensemble.Core.Tests.Runs;
using Ensemble.Runs;
using Ensemble.Testing;
using Ensemble.Upstreams;

namespace Ensemble.Core.Tests.Strategies;

public sealed class CascadeTests
{
    private readonly RunBench _bench = new(TestEnsembles.Of(StrategyKind.Cascade, "panel", ["a", "b", "c"], "judge"));

    [Fact]
    public async Task Execute_FirstRungAgrees_NobodyElseIsAsked()
    {
        _bench.Adjust = model => model with { Price = new PriceConfig(1, 2) };
        _bench.Upstream.On("a", Does.Say("42")).On("b", Does.Say("42")).On("c", Does.Say("43"));

        var outcome = await _bench.RunAsync();

        outcome.Text.ShouldBe("42");
        _bench.Upstream.CallsOf("c").ShouldBeEmpty();
        outcome.Manifest.Saved.Calls.ShouldBe(1);
        outcome.Manifest.Saved.CostUsd!.Value.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Execute_FirstRungDiffers_TheNextOneAnswersLive()
    {
        _bench.Upstream.On("a", Does.Say("41")).On("b", Does.Say("42")).On("c", Does.Say("4", "3"));

        var outcome = await _bench.RunAsync(RunBench.StreamedQuestion);

        outcome.Text.ShouldBe("43");
        outcome.Events.OfType<AnswerDelta>().Count().ShouldBe(2, "the last rung is shown as it comes");
        outcome.Manifest.Decisions.Select(decision => (decision.Step, decision.Verdict, decision.Index)).ShouldBe([("rung", "rejected", 0), ("rung", "accepted", 1)]);
        outcome.Manifest.Agreement.ShouldBe(1d / 3, "all three were compared");
        outcome.Manifest.Candidates.Select(candidate => candidate.Member).ShouldBe([0, 1, 2]);
        outcome.Events.OfType<PanelClosed>().Last().Agreement.ShouldBe(1d / 3);
    }

    [Fact]
    public async Task Execute_LaterRungAgreesWithAnEarlierOne_KeepsWhatWasPaidFor()
    {
        _bench.Ensemble = _bench.Ensemble with
        {
            Panel = [.. new[] { "a", "b", "c", "d", "e" }.Select(model => new PanelMemberConfig { Model = model })],
            Cascade = new CascadeConfig { Rungs = [["a", "b"], ["c", "d"], ["e"]], MinAgreement = 0.6 },
        };
        _bench.Upstream.On("a", Does.Say("41")).On("b", Does.Say("42")).On("c", Does.Say("42")).On("d", Does.Fail(CallOutcome.ServerError, 500)).On("e", Does.Say("7"));

        var outcome = await _bench.RunAsync();

        outcome.Text.ShouldBe("42");
        _bench.Upstream.CallsOf("e").ShouldBeEmpty();
        _bench.Upstream.CallsOf("a").Count.ShouldBe(1);
        outcome.Manifest.Agreement.ShouldBe(2d / 3, "that decided; the second rung alone has none");
        outcome.Manifest.Candidates.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Execute_VerifierRejectsTheAgreement_GoesOn()
    {
        _bench.Ensemble = _bench.Ensemble with { Cascade = new CascadeConfig { Verifier = "judge" } };
        _bench.Upstream.On("a", Does.Say("42")).On("b", Does.Say("42")).On("c", Does.Say("43")).On("judge", Does.Assist("", pass: false));

        var outcome = await _bench.RunAsync();

        outcome.Text.ShouldBe("43");
        outcome.Manifest.Decisions.ShouldContain(decision => decision.Step == "audit" && decision.Verdict == "rejected");
    }

    [Fact]
    public async Task Execute_RungOfOneDoesNotKnow_GoesOn()
    {
        _bench.Ensemble = _bench.Ensemble with { Cascade = new CascadeConfig { Rungs = [["a"], ["b"], ["c"]] } };
        _bench.Upstream.On("a", Does.Refuse("No.")).On("b", Does.Say("42")).On("c", Does.Say("43"));

        (await _bench.RunAsync()).Text.ShouldBe("42");
    }

    [Fact]
    public async Task Execute_LastRungFails_TheBestOfWhatWasPaidForMarked()
    {
        _bench.Upstream.On("a", Does.Say("41")).On("b", Does.Say("42")).On("c", Does.Fail(CallOutcome.ServerError, 500));

        var outcome = await _bench.RunAsync();

        outcome.Text.ShouldBe("41");
        outcome.Manifest.Degraded.ShouldBe(["last_rung_failed"]);
    }
}
