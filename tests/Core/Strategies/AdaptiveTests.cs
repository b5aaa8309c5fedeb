using Ensemble.Catalog;
using Ensemble.Core.Tests.Runs;
using Ensemble.Testing;
using Ensemble.Usage;

namespace Ensemble.Core.Tests.Strategies;

public sealed class AdaptiveTests
{
    private const string Long = "It is a long story, and whoever wants to tell it has to begin at the very beginning, where nobody yet knew how it would end. ";

    private readonly RunBench _bench = new(TestEnsembles.Of(StrategyKind.Adaptive, "panel", ["a", "b", "c"], "judge"));

    [Fact]
    public async Task Execute_AllTyped_VotesAndSavesTheJudge()
    {
        _bench.Upstream.On("a", Does.Say("42")).On("b", Does.Say("42")).On("c", Does.Say("41"));

        var outcome = await _bench.RunAsync();

        outcome.Text.ShouldBe("42");
        outcome.Manifest.Decisions[0].ShouldBe(new DecisionManifest("adaptive", "vote") { Reason = "all_typed", Value = 2d / 3 });
        outcome.Manifest.Saved.Calls.ShouldBe(1);
        _bench.Upstream.CallsOf("judge").ShouldBeEmpty();
    }

    [Fact]
    public async Task Execute_LongAnswers_TheJudgeWrites()
    {
        _bench.Upstream.On("a", Does.Say(Long + Long + Long)).On("b", Does.Say("Quite another one. " + Long + Long + Long)).On("c", Does.Say("And a third. " + Long + Long + Long));

        (await _bench.RunAsync()).Text.ShouldBe("the judge's answer");
    }

    [Fact]
    public async Task Execute_ShortProseThatDiffers_TheMiddleOne()
    {
        _bench.Upstream.On("a", Does.Say("One might well say that it is a matter of taste.")).On("b", Does.Say("Nobody has ever found out, and nobody will in time.")).On("c", Does.Say("Certainly it has to be the blue one of these two."));

        var outcome = await _bench.RunAsync();

        outcome.Manifest.Decisions[0].Verdict.ShouldBe("consensus");
        _bench.Upstream.CallsOf("judge").ShouldBeEmpty();
    }

    [Fact]
    public async Task Execute_ShortProseThatAgrees_TheSurest()
    {
        const string Same = "One might well say that it is a matter of taste.";
        _bench.Upstream.On("a", Does.Assist(Same, confidence: 0.2)).On("b", Does.Assist(Same + " Yes", confidence: 0.9)).On("c", Does.Assist(Same, confidence: 0.3));

        var outcome = await _bench.RunAsync();

        outcome.Manifest.Decisions[0].Verdict.ShouldBe("confidence");
        outcome.Text.ShouldBe(Same + " Yes");
    }

    [Fact]
    public async Task Execute_OverTheJudgesContext_TheMiddleOne()
    {
        _bench.Adjust = model => model.DisplayName == "judge" ? model with { ContextTokens = 200 } : model;
        _bench.Upstream.On("a", Does.Say(Long + Long + Long)).On("b", Does.Say("Quite another one. " + Long + Long + Long)).On("c", Does.Say("And a third. " + Long + Long + Long));

        (await _bench.RunAsync()).Manifest.Decisions[0].Reason.ShouldBe("over_the_judges_context");
    }
}
