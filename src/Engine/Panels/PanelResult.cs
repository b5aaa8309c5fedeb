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

/// <summary>Where a panel stands after an answer.</summary>
internal enum PanelVerdict
{
    /// <summary>Neither quorum nor the end is reached.</summary>
    Waiting,

    /// <summary>This answer made quorum, and others are still out.</summary>
    Quorum,

    /// <summary>Quorum was there before, and others are still out.</summary>
    BeyondQuorum,

    /// <summary>All have answered, or failed, and there is quorum.</summary>
    Complete,

    /// <summary>Those still out are too few for quorum.</summary>
    OutOfReach,
}
