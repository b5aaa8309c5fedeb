using Ensemble.Runs;

namespace Ensemble.Panels;

/// <summary>What a panel said.</summary>
/// <param name="Candidates">Usable answers in the panel's order, whatever order they came in.</param>
/// <param name="Missing">Sub-calls that ended without one; those that were cancelled at the end are not in it.</param>
/// <param name="Required">Usable answers that were needed.</param>
/// <param name="Total">Answers that were asked for.</param>
internal sealed record PanelResult(
    IReadOnlyList<Candidate> Candidates,
    IReadOnlyList<SubCallResult> Missing,
    int Required,
    int Total)
{
    /// <summary>Those that were not waited for.</summary>
    public IReadOnlyList<PanelSlot> Cancelled { get; init; } = [];

    public bool HasQuorum => Candidates.Count >= Required;
}
