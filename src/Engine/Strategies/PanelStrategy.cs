using Ensemble.Catalog;
using Ensemble.Judging;
using Ensemble.Runs;
using Ensemble.Usage;

namespace Ensemble.Strategies;

/// <summary>Panel, then a decision.</summary>
internal sealed class PanelStrategy(EnsembleConfig ensemble, IPanelDecision decision) : IStrategy
{
    public async Task<RunEnd> ExecuteAsync(RunContext context)
    {
        var turn = await context.TurnAsync(ensemble);
        if (ensemble.Judge is { } judge && await AdvisedAnswer.ContinueAsync(
            context, ensemble, () => new JudgeChain(context, ensemble, judge).Writers(turn, prompt: null),
            static (run, result) => JudgeFailure.Of(run, result)) is { } end)
        {
            return end;
        }

        if (!turn.Tools.IsOpen)
        {
            return await ExecuteAsync(context, ensemble, decision);
        }

        // Whatever the strategy, advice is no answer: only the judge may call tools, and no candidate can stand in for it.
        var advised = ensemble with { Strategy = StrategyKind.Synthesize, AlwaysJudge = true, OnJudgeFailure = OnJudgeFailure.Fail };
        return await ExecuteAsync(context, advised, new Synthesize(advised, callsTools: true));
    }

    private static async Task<RunEnd> ExecuteAsync(RunContext context, EnsembleConfig ensemble, IPanelDecision decision)
    {
        if (await decision.CheckAvailableAsync(context) is { } failure)
        {
            return failure;
        }

        var round = await PanelRound.AskAsync(context, ensemble, decision.Plan(context));
        if (round.Failed(context) is { } end)
        {
            return end;
        }

        if (round.CandidateSet.Candidates is [var only] && ensemble is { MinResponses: 1, AlwaysJudge: false }
            && round.CandidateSet.Fitting(context.Format) is not null)
        {
            context.Diagnostics.Decide(new DecisionManifest("panel", "only_answer") { Member = only.Key.Member, Sample = only.Key.Sample });
            return RunResults.Emit(context, only);
        }

        return await decision.DecideAsync(context, round);
    }
}
