namespace Ensemble.Runs;

/// <summary>How a panel answered.</summary>
/// <param name="Required">Usable answers that were needed.</param>
/// <param name="Usable">Usable answers that came.</param>
/// <param name="QuorumAfter">Null where quorum was not reached.</param>
/// <param name="ClosedAfter">When the run went on, or gave up.</param>
/// <param name="ClosedBecause"><c>all_answered</c>, <c>grace_over</c>, <c>quorum_out_of_reach</c>, <c>deadline</c>, <c>cancelled</c>.</param>
public sealed record PanelManifest(int Required, int Usable, TimeSpan? QuorumAfter, TimeSpan ClosedAfter, string ClosedBecause);
