using Ensemble.Catalog;
using Ensemble.Runs;
using Ensemble.Usage;

namespace Ensemble.Strategies;

/// <summary>Panel, then a decision.</summary>
internal sealed class PanelStrategy(EnsembleConfig ensemble, IPanelDecision decision) : IStrategy
{
    public async Task<RunEnd> ExecuteAsync(RunContext context)
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
