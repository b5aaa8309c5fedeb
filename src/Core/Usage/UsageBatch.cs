namespace Ensemble.Usage;

/// <summary>Accounts that are written together.</summary>
public sealed record UsageBatch(IReadOnlyList<UsageEvent> SubCalls, IReadOnlyList<RunRecord> Runs)
{
    /// <summary>Whether an answer waits for it: then it is to survive a power cut as well.</summary>
    public bool IsAwaited { get; init; }
}

/// <summary>When a run's accounts are in the database.</summary>
public enum UsageDurability
{
    /// <summary>Some 100 ms after the call or the run has ended; no answer waits for it.</summary>
    Batched,

    /// <summary>Before the end of the run's answer is given.</summary>
    BeforeAnswer,
}
