using Ensemble.Catalog;
using Ensemble.Core.Tests.Runs;
using Ensemble.Testing;

namespace Ensemble.Core.Tests.Strategies;

public sealed class ReasoningEffortTests
{
    [Theory]
    [InlineData(StrategyKind.Synthesize)]
    [InlineData(StrategyKind.BestOf)]
    public async Task Execute_EffortOfMemberAndJudge_TakesThePlaceOfTheRequests(StrategyKind strategy)
    {
        var bench = new RunBench(TestEnsembles.Of(strategy, "panel", ["a", "b", "c"], "judge") with
        {
            Panel =
            [
                new PanelMemberConfig { Model = "a", ReasoningEffort = ReasoningEffort.None },
                new PanelMemberConfig { Model = "b", ReasoningEffort = ReasoningEffort.High },
                new PanelMemberConfig { Model = "c" },
            ],
            Judge = new JudgeConfig { Model = "judge", ReasoningEffort = ReasoningEffort.Medium },
            StragglerGrace = StragglerGrace.All,
        });
        foreach (var model in (string[])["a", "b", "c", "judge"])
        {
            bench.Upstream.On(model, Does.Assist("42"));
        }

        await bench.RunAsync("""{"model":"panel","reasoning_effort":"low","messages":[{"role":"user","content":"?"}]}""");

        ((string[])["a", "b", "c", "judge"]).Select(model => bench.Upstream.Sent(model)["reasoning_effort"]!.GetValue<string>())
            .ShouldBe(["none", "high", "low", "medium"]);
    }

    [Fact]
    public async Task Execute_NoEffort_TheRequestsGoesToAllThatWriteAnswers()
    {
        var bench = new RunBench(TestEnsembles.Of("panel", ["a", "b", "c"], "judge") with { StragglerGrace = StragglerGrace.All });
        foreach (var model in (string[])["a", "b", "c"])
        {
            bench.Upstream.On(model, Does.Say("42"));
        }

        await bench.RunAsync("""{"model":"panel","reasoning_effort":"low","messages":[{"role":"user","content":"?"}]}""");

        ((string[])["a", "judge"]).Select(model => bench.Upstream.Sent(model)["reasoning_effort"]!.GetValue<string>()).ShouldBe(["low", "low"]);
    }
}
