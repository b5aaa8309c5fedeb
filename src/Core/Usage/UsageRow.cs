namespace Ensemble.Usage;

/// <summary>A sub-call as the accounts have it. Words stay words: a newer version may know more of them.</summary>
public sealed record UsageRow
{
    public required RunId Run { get; init; }

    public required int Incarnation { get; init; }

    public required string Step { get; init; }

    public required int Member { get; init; }

    public required int Sample { get; init; }

    public required string Ensemble { get; init; }

    public required string Role { get; init; }

    /// <summary>The called model's alias.</summary>
    public required string Model { get; init; }

    /// <summary>Null = a caller without a key, or nobody knows.</summary>
    public string? Caller { get; init; }

    public required string Outcome { get; init => field = OutcomeWords.Calls.Current(value); }

    public required int Attempts { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public TimeSpan? FirstToken { get; init; }

    public required TimeSpan Total { get; init; }

    public long? PromptTokens { get; init; }

    public long? CompletionTokens { get; init; }

    public long? CachedTokens { get; init; }

    public long? CacheWriteTokens { get; init; }

    public long? ReasoningTokens { get; init; }

    /// <summary><c>reported</c>, <c>estimated</c> or <c>none</c>.</summary>
    public required string Source { get; init; }

    public decimal? CostUsd { get; init; }

    public static UsageRow Of(UsageEvent usage) => new()
    {
        Run = usage.Run,
        Incarnation = usage.Incarnation,
        Step = SnakeCase.Of(usage.Key.Step),
        Member = usage.Key.Member,
        Sample = usage.Key.Sample,
        Ensemble = usage.Ensemble,
        Role = SnakeCase.Of(usage.Role),
        Model = usage.Model,
        Caller = usage.Caller,
        Outcome = SnakeCase.Of(usage.Outcome),
        Attempts = usage.Attempts,
        StartedAt = usage.StartedAt,
        FirstToken = usage.FirstToken,
        Total = usage.Total,
        PromptTokens = usage.PromptTokens,
        CompletionTokens = usage.CompletionTokens,
        CachedTokens = usage.CachedTokens,
        CacheWriteTokens = usage.CacheWriteTokens,
        ReasoningTokens = usage.ReasoningTokens,
        Source = SnakeCase.Of(usage.Source),
        CostUsd = usage.CostUsd,
    };
}
