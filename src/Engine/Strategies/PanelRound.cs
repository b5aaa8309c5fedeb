using Ensemble.Catalog;
using Ensemble.Panels;
using Ensemble.Runs;
using Ensemble.Usage;

namespace Ensemble.Strategies;

/// <summary>What a panel, or a part of it, answered, and how far that agrees.</summary>
/// <param name="All">The same with what was compared to it.</param>
internal sealed record PanelRound(PanelResult Panel, CandidateSet CandidateSet, CandidateSet All)
{
    private Func<Task<PanelRound>>? _compare;

    /// <param name="earlier">Answers of earlier rounds, to which these are compared even below quorum; null = this is the only
    /// round.</param>
    /// <param name="number">Tells several rounds of one run apart.</param>
    public static async Task<PanelRound> AskAsync(
        RunContext context, EnsembleConfig ensemble, PanelPlan plan, IReadOnlyList<Candidate>? earlier = null, int number = 0)
    {
        var (panel, manifest) = await Ensemble.Panels.Panel.AskAsync(context, ensemble, plan);
        return plan.ComparesLater && panel is { HasQuorum: true, Candidates.Count: > 1 }
            ? Uncompared(context, ensemble, panel) with
            {
                _compare = () => CompareAsync(context, ensemble, plan, panel, manifest, earlier, number),
            }
            : await CompareAsync(context, ensemble, plan, panel, manifest, earlier, number);
    }

    /// <summary>Compares the answers where the plan left that for later.</summary>
    public Task<PanelRound> ComparedAsync() => _compare?.Invoke() ?? Task.FromResult(this);

    private static PanelRound Uncompared(RunContext context, EnsembleConfig ensemble, PanelResult panel)
    {
        var candidateSet = CandidateSet.Of(context.Reader(ensemble), ensemble, panel.Candidates);
        return new PanelRound(panel, candidateSet, candidateSet);
    }

    private static async Task<PanelRound> CompareAsync(
        RunContext context, EnsembleConfig ensemble, PanelPlan plan, PanelResult panel, PanelManifest manifest,
        IReadOnlyList<Candidate>? earlier, int number)
    {
        IReadOnlyList<Candidate> candidates = earlier is { Count: > 0 } ? [.. earlier, .. panel.Candidates] : panel.Candidates;
        var all = plan.Compares && (panel.HasQuorum || earlier is not null)
            ? await CandidateSet.CompareAsync(context, ensemble, candidates, number)
            : CandidateSet.Of(context.Reader(ensemble), ensemble, candidates);
        var candidateSet = all.Where(panel.Candidates.Contains) ?? CandidateSet.Of(context.Reader(ensemble), ensemble, []);
        context.Diagnostics.Compare(plan.Compares ? all.Manifest(context) : []);

        // What has not the caller's format decides nothing where others have it.
        context.Diagnostics.PanelHasClosed(
            manifest, plan.Compares ? (candidateSet.Fitting(context.Format) ?? candidateSet).Agreement : null);
        if (manifest.ClosedBecause == "decided")
        {
            foreach (var slot in panel.Cancelled)
            {
                context.Diagnostics.SaveIfCancelled(slot.Key, Savings.OfCancelled(context, slot));
            }
        }

        return new PanelRound(panel, candidateSet, all);
    }

    /// <returns>Why the run ends here; null = there is quorum.</returns>
    public RunEnd? Failed(RunContext context)
    {
        if (Panel.HasQuorum)
        {
            return null;
        }

        return context.Deadline.HasPassed
            ? new RunFailure(RunFailureKind.DeadlineExceeded, $"The deadline passed. {PanelFailure.Describe(Panel)}")
            : PanelFailure.Explain(Panel, message => NameScrubber.Scrub(message, context.Catalog, context.Chat.Model));
    }
}
