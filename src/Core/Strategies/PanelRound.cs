using Ensemble.Catalog;
using Ensemble.Panels;
using Ensemble.Runs;

namespace Ensemble.Strategies;

/// <summary>What a panel, or a part of it, answered, and how far that agrees.</summary>
internal sealed record PanelRound(PanelResult Panel, Ballot Ballot)
{
    public static async Task<PanelRound> AskAsync(RunContext context, EnsembleConfig ensemble, PanelPlan plan)
    {
        var (panel, manifest) = await Ensemble.Panels.Panel.AskAsync(context, ensemble, plan);
        var ballot = Ballot.Of(Ballot.Reader(context, ensemble), ensemble, panel.Candidates);
        context.Findings.Compare(plan.Compares ? ballot.Manifest(context.CapturesContent) : []);
        context.Findings.PanelHasClosed(manifest, plan.Compares ? ballot.Agreement : null);
        if (manifest.ClosedBecause == "decided")
        {
            foreach (var slot in panel.Cancelled)
            {
                context.Findings.SaveIfCancelled(slot.Key, Savings.OfCancelled(context, slot));
            }
        }

        return new PanelRound(panel, ballot);
    }

    /// <returns>Why the run ends here; null = there is quorum.</returns>
    public RunEnd? Failed(RunContext context)
    {
        if (Panel.HasQuorum)
        {
            return null;
        }

        return context.Deadline.Passed
            ? new RunFailure(RunFailureKind.DeadlineExceeded, $"The deadline passed. {PanelFailure.Describe(Panel)}")
            : PanelFailure.Explain(Panel, message => NameScrubber.Scrub(message, context.Catalog, context.Chat.Model));
    }
}
