namespace Ensemble.Usage;

/// <summary>Sub-calls that were summed up.</summary>
/// <param name="Keys">
/// What they have in common, in the order of the dimensions that were asked for; null = a caller without a key. Hours are as
/// <c>2026-01-31T12:00:00Z</c>, days as <c>2026-01-31</c>.
/// </param>
public sealed record UsageGroup(IReadOnlyList<string?> Keys)
{
    /// <summary>By what sub-calls can be summed up.</summary>
    public static readonly IReadOnlyList<UsageDimension> Dimensions =
    [
        UsageDimension.Ensemble, UsageDimension.Model, UsageDimension.Role, UsageDimension.Caller, UsageDimension.Outcome,
        UsageDimension.Hour, UsageDimension.Day,
    ];

    public required long Calls { get; init; }

    /// <summary>Those that neither gave an answer nor were stopped by us: all but <c>ok</c> and <c>cancelled</c>.</summary>
    public required long Failures { get; init; }

    /// <summary>As providers reported.</summary>
    public required long PromptTokens { get; init; }

    /// <summary>As providers reported.</summary>
    public required long CompletionTokens { get; init; }

    /// <summary>Of the prompts, read from providers' caches.</summary>
    public required long CachedTokens { get; init; }

    /// <summary>Of the prompts, written to providers' caches.</summary>
    public required long CacheWriteTokens { get; init; }

    /// <summary>Of the completions, spent on reasoning.</summary>
    public required long ReasoningTokens { get; init; }

    /// <summary>Of the prompts that providers reported: the share read from their caches, 0 to 1; null where there is none.</summary>
    public double? CachedShare => PromptTokens > 0 ? Math.Min(1, Math.Round((double)CachedTokens / PromptTokens, 6)) : null;

    /// <summary>Of calls whose provider reported none.</summary>
    public required long EstimatedPromptTokens { get; init; }

    /// <summary>Of calls whose provider reported none.</summary>
    public required long EstimatedCompletionTokens { get; init; }

    /// <summary>The sum of those costs that are known, in US dollars.</summary>
    public required decimal KnownCostUsd { get; init; }

    /// <summary>Calls of which nobody knows what they cost.</summary>
    public required long UnpricedCalls { get; init; }

    /// <summary>Null where the cost of any call is unknown.</summary>
    public decimal? CostUsd => UnpricedCalls == 0 ? KnownCostUsd : null;

    /// <summary>Mean of the calls' whole times.</summary>
    public required TimeSpan Average { get; init; }

    /// <summary>Half of the calls took no longer; null where days are in it of which only sums are read.</summary>
    public TimeSpan? Median { get; init; }

    /// <summary>95 of 100 calls took no longer; null as <see cref="Median"/> is.</summary>
    public TimeSpan? Percentile95 { get; init; }
}

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
