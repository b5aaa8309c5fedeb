namespace Ensemble.Members;

/// <summary>How full something bounded is.</summary>
/// <param name="Bytes">What it holds.</param>
/// <param name="CapacityBytes">What it may hold.</param>
/// <param name="Dropped">Entries that did not fit since the process started.</param>
public sealed record QueueReport(long Bytes, long CapacityBytes, long Dropped);
