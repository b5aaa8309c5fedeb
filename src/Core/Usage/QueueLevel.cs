namespace Ensemble.Usage;

/// <summary>How full a bounded queue is.</summary>
public enum QueueLevel
{
    /// <summary>Less than half.</summary>
    Low,

    /// <summary>Half or more: what fills it is faster than what empties it.</summary>
    Half,

    /// <summary>Three quarters or more: nothing that fills it is to begin.</summary>
    NearlyFull,
}
