namespace Ensemble.Usage;

/// <summary>Accounts that are written together.</summary>
public sealed record UsageBatch(IReadOnlyList<UsageEvent> SubCalls, IReadOnlyList<RunRecord> Runs)
{
    /// <summary>Whether an answer waits for it: then it is to survive a power cut as well.</summary>
    public bool IsAwaited { get; init; }
}
