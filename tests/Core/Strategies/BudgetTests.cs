using Ensemble.Catalog;
using Ensemble.Core.Tests.Runs;
using Ensemble.Runs;
using Ensemble.Testing;
using Ensemble.Upstreams;

namespace Ensemble.Core.Tests.Strategies;

/// <summary>Runs that may not take all that they would.</summary>
public sealed class BudgetTests
{
    private readonly RunBench _bench = new(TestEnsembles.Of("panel", ["a", "b", "c"], "judge"));

    public BudgetTests() => _bench.Upstream.On("a", Does.Say("42")).On("b", Does.Say("42")).On("c", Does.Say("41"));

    [Fact]
    public async Task Execute_JudgeDoesNotFit_TheBestCandidateMarked()
    {
        _bench.Ensemble = _bench.Ensemble with { Budget = new BudgetConfig { MaxCalls = 3 } };

        var outcome = await _bench.RunAsync();

        outcome.Text.ShouldBe("42");
        outcome.Manifest.Degraded.ShouldBe(["budget"]);
        _bench.Upstream.CallsOf("judge").ShouldBeEmpty();
    }

    [Fact]
    public async Task Execute_MemberDoesNotFit_TheOthersAnswer()
    {
        _bench.Ensemble = _bench.Ensemble with { Budget = new BudgetConfig { MaxCalls = 2 } };

        var outcome = await _bench.RunAsync();

        outcome.Text.ShouldBe("42");
        _bench.Upstream.Calls.Select(call => call.Model).Order().ShouldBe(["a", "b"]);
        outcome.Manifest.SubCalls.ShouldContain(subCall => subCall.Usage.Model == "c" && subCall.Usage.Outcome == CallOutcome.BudgetExceeded);
    }

    [Fact]
    public async Task Execute_QuorumDoesNotFit_FailsBeforeAnythingIsSpent()
    {
        _bench.Ensemble = _bench.Ensemble with { Budget = new BudgetConfig { MaxCalls = 1 } };

        var failed = (await _bench.RunAsync()).Events[^1].ShouldBeOfType<RunFailed>();

        failed.Failure.Kind.ShouldBe(RunFailureKind.BudgetExceeded);
        _bench.Upstream.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task Execute_MustNotDegrade_FailsAtTheFirstCallThatDoesNotFit()
    {
        _bench.Ensemble = _bench.Ensemble with { Budget = new BudgetConfig { MaxCalls = 2 }, OnBudget = OnBudget.Fail };

        var outcome = await _bench.RunAsync();

        outcome.Events[^1].ShouldBeOfType<RunFailed>().Failure.Kind.ShouldBe(RunFailureKind.BudgetExceeded);
        _bench.Upstream.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task Execute_MustNotDegradeAndTheJudgeDoesNotFit_FailsAfterThePanel()
    {
        _bench.Ensemble = _bench.Ensemble with { Budget = new BudgetConfig { MaxCalls = 3 }, OnBudget = OnBudget.Fail };

        var outcome = await _bench.RunAsync();

        outcome.Events[^1].ShouldBeOfType<RunFailed>().Failure.Kind.ShouldBe(RunFailureKind.BudgetExceeded);
        _bench.Upstream.Calls.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Execute_MoneyIsTheLimit_CountsWhatWasSpentAndNotWhatWasHeld()
    {
        // A member holds 10 tokens of prompt and 100 of answer, and takes 10 and 5: after the panel there is room for the judge.
        _bench.Adjust = model => model with { Price = new PriceConfig(100, 100), MaxOutputTokens = 100 };
        _bench.Ensemble = _bench.Ensemble with { Budget = new BudgetConfig { MaxCostUsd = 0.05m } };

        (await _bench.RunAsync()).Text.ShouldBe("the judge's answer");
    }
}
