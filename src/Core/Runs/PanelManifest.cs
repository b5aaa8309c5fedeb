namespace Ensemble.Runs;

/// <summary>How a panel answered.</summary>
/// <param name="Required">Usable answers that were needed.</param>
/// <param name="Usable">Usable answers that came.</param>
/// <param name="QuorumAfter">From its opening; null where quorum was not reached.</param>
/// <param name="ClosedAfter">From its opening: when the run went on, or gave up.</param>
/// <param name="ClosedBecause"><c>all_answered</c>, <c>grace_over</c>, <c>quorum_out_of_reach</c>, <c>deadline</c>,
/// <c>cancelled</c>.</param>
public sealed record PanelManifest(int Required, int Usable, TimeSpan? QuorumAfter, TimeSpan ClosedAfter, string ClosedBecause)
{
    /// <summary>From the run's start to its opening; null in manifests of older versions.</summary>
    public TimeSpan? OpenedAfter { get; init; }
}
