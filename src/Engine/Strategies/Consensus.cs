using Ensemble.Catalog;
using Ensemble.Panels;
using Ensemble.Runs;

namespace Ensemble.Strategies;

/// <summary>
/// The candidate nearest to the weighted middle of all of them: by the vectors of an embedding model, else by their words.
/// </summary>
internal sealed class Consensus(EnsembleConfig ensemble) : IPanelDecision
{
    public PanelPlan Plan(RunContext context) =>
        PanelPlan.Of(context, ensemble) with { Grace = ensemble.StragglerGrace ?? StragglerGrace.All };

    public Task<RunEnd> DecideAsync(RunContext context, PanelRound round) => Task.FromResult(Decide(context, round.CandidateSet));

    public static RunEnd Decide(RunContext context, CandidateSet all) => all.Fitting(context.Format) is { } candidateSet
        ? RunResults.Emit(context, candidateSet.Candidates[candidateSet.Clusters!.Centre()], "consensus", "nearest_to_all",
            candidateSet.Agreement)
        : PanelFailure.NoneInFormat;
}
