namespace Ensemble.Usage;

/// <summary>Where a number of tokens comes from.</summary>
public enum UsageSource
{
    /// <summary>Nothing is known, or nothing was called.</summary>
    None,

    /// <summary>The provider said so.</summary>
    Reported,

    /// <summary>Counted from the text that is known, by <see cref="TokenEstimate"/>.</summary>
    Estimated,
}
