namespace Ensemble.Usage;

/// <summary>Runs that were summed up.</summary>
/// <param name="Keys">What they have in common, as <see cref="UsageGroup"/> has it.</param>
public sealed record RunGroup(IReadOnlyList<string?> Keys)
{
    /// <summary>By what runs can be summed up.</summary>
    public static readonly IReadOnlyList<UsageDimension> Dimensions =
    [
        UsageDimension.Ensemble, UsageDimension.Strategy, UsageDimension.Caller, UsageDimension.Outcome,
        UsageDimension.Hour, UsageDimension.Day,
    ];

    public required long Runs { get; init; }

    /// <summary>Those that have no answer though their caller waited for it: all but <c>completed</c> and <c>cancelled</c>.</summary>
    public required long Failures { get; init; }

    /// <summary>Those whose answer is not what the strategy gives where all goes well.</summary>
    public required long Degraded { get; init; }

    /// <summary>As providers reported.</summary>
    public required long PromptTokens { get; init; }

    /// <summary>As providers reported.</summary>
    public required long CompletionTokens { get; init; }

    /// <summary>The sum of those costs that are known, in US dollars.</summary>
    public required decimal KnownCostUsd { get; init; }

    /// <summary>Runs of which nobody knows what they cost.</summary>
    public required long UnpricedRuns { get; init; }

    /// <summary>Null where the cost of any run is unknown.</summary>
    public decimal? CostUsd => UnpricedRuns == 0 ? KnownCostUsd : null;

    /// <summary>Mean of those runs that have one, to six places; null where none has.</summary>
    public double? Agreement { get; init; }

    /// <summary>Mean of the runs' whole times.</summary>
    public required TimeSpan Average { get; init; }

    /// <summary>Half of the runs took no longer; null for ranges over <see cref="UsageTime.Precise"/>.</summary>
    public TimeSpan? Median { get; init; }

    /// <summary>95 of 100 runs took no longer; null as <see cref="Median"/> is.</summary>
    public TimeSpan? Percentile95 { get; init; }
}
