namespace Ensemble.Usage;

/// <summary>When a run's accounts are in the database.</summary>
public enum UsageDurability
{
    /// <summary>Some 100 ms after the call or the run has ended; no answer waits for it.</summary>
    Batched,

    /// <summary>Before the end of the run's answer is given.</summary>
    BeforeAnswer,
}
