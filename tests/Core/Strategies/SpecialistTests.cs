using Ensemble.Catalog;
using Ensemble.Core.Tests.Runs;
using Ensemble.Testing;
using Ensemble.Upstreams;
using Ensemble.Usage;

namespace Ensemble.Core.Tests.Strategies;

public sealed class SpecialistTests
{
    private readonly RunBench _bench = new(TestEnsembles.Of(StrategyKind.Specialist, "panel", ["a", "b", "c"], "judge"));

    public SpecialistTests() => _bench.Upstream.On("a", Does.Say("facts by a")).On("b", Does.Say("words by b")).On("c", Does.Say("numbers by c")).On("judge", Does.Assist("all together"));

    [Fact]
    public async Task Execute_TwoParts_TheirMembersAreAskedAndTheJudgeComposes()
    {
        var outcome = await _bench.RunAsync(RunBench.StreamedQuestion);

        outcome.Text.ShouldBe("all together");
        _bench.Upstream.Sent("a")["messages"]!.AsArray()[^1]!["content"]!.GetValue<string>().ShouldContain("The facts.");
        _bench.Upstream.Sent("b")["messages"]!.AsArray()[^1]!["content"]!.GetValue<string>().ShouldContain("The words.");
        var composed = _bench.Upstream.Sent("judge")["messages"]!.AsArray()[^1]!["content"]!.GetValue<string>();
        composed.ShouldContain("facts by a");
        composed.ShouldContain("A: The facts.");
        _bench.Upstream.CallsOf("c").ShouldBeEmpty();
        outcome.Manifest.Agreement.ShouldBeNull("the parts are answers to different questions");
    }

    [Fact]
    public async Task Execute_OnePart_ItsMemberAnswersAlone()
    {
        _bench.Upstream.On("judge", Does.Assist("", plan: """{"subtasks":[{"member":"numbers","task":"All of it."}]}"""));

        (await _bench.RunAsync()).Text.ShouldBe("numbers by c");
        _bench.Upstream.CallsOf("judge").Count.ShouldBe(1);
    }

    [Fact]
    public async Task Execute_PlannerFails_TheJudgeAnswersMarked()
    {
        _bench.Upstream.On("judge", Does.Say("no plan"), Does.Say("the whole of it"));

        var outcome = await _bench.RunAsync();

        outcome.Text.ShouldBe("the whole of it");
        outcome.Manifest.Degraded.ShouldBe(["planner_failed"]);
    }

    [Fact]
    public async Task Execute_PartFails_TheRestIsComposedMarked()
    {
        _bench.Upstream.On("a", Does.Fail(CallOutcome.ServerError, 500));

        var outcome = await _bench.RunAsync();

        outcome.Text.ShouldBe("all together");
        outcome.Manifest.Degraded.ShouldBe(["subtask_failed"]);
    }

    [Fact]
    public async Task Execute_MorePartsThanAllowed_TheRestIsCut()
    {
        _bench.Ensemble = _bench.Ensemble with { Specialist = _bench.Ensemble.Specialist! with { MaxSubtasks = 2 } };
        _bench.Upstream.On("judge", Does.Assist("all together", plan: """{"subtasks":[{"member":"facts","task":"1"},{"member":"words","task":"2"},{"member":"numbers","task":"3"}]}"""));

        var outcome = await _bench.RunAsync();

        _bench.Upstream.CallsOf("c").ShouldBeEmpty();
        outcome.Manifest.Decisions[0].ShouldBe(new DecisionManifest("plan", "cut") { Value = 3, Reason = "facts, words, numbers" });
    }
}
