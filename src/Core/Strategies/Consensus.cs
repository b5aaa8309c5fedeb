using Ensemble.Catalog;
using Ensemble.Judging;
using Ensemble.Panels;
using Ensemble.Runs;

namespace Ensemble.Strategies;

/// <summary>The candidate nearest to the weighted middle of all of them: by the vectors of an embedding model, else by their words.</summary>
internal sealed class Consensus(EnsembleConfig ensemble) : IPanelDecision
{
    public PanelPlan Plan(RunContext context) =>
        PanelPlan.Of(context, ensemble) with { Grace = ensemble.StragglerGrace ?? StragglerGrace.All };

    public Task<RunEnd> DecideAsync(RunContext context, PanelRound round) => DecideAsync(context, ensemble, round.Ballot);

    public static async Task<RunEnd> DecideAsync(RunContext context, EnsembleConfig ensemble, Ballot all)
    {
        if (all.Fitting(context.Format) is not { } ballot)
        {
            return PanelFailure.NoneInFormat;
        }

        if (ensemble.Consensus.EmbeddingModel is { } model && ballot.Candidates.Count > 1)
        {
            if (await Likeness.AskAsync(context, ensemble, model, [.. ballot.Candidates.Select(candidate => candidate.Text)]) is { } alike)
            {
                ballot = Ballot.Of(Ballot.Reader(context, ensemble), ensemble, ballot.Candidates, alike);
                context.Findings.Compare(ballot.Manifest(context.CapturesContent));
            }
            else
            {
                context.Findings.Degrade("embedding_failed");
            }
        }

        return Giving.Give(context, ballot.Candidates[ballot.Clusters!.Centre()], "consensus", "nearest_to_all", ballot.Agreement);
    }
}
