namespace Ensemble.Gates;

/// <summary>What is left of a limit.</summary>
/// <param name="Reset">Until nothing of it is used any more, if nobody asks meanwhile.</param>
public readonly record struct GateQuota(long Limit, long Remaining, TimeSpan Reset);
