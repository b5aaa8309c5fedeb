namespace Ensemble.Usage;

/// <summary>A sub-call as the accounts have it. Words stay words: a newer version may know more of them.</summary>
[GenerateSerializer(IncludePrimaryConstructorParameters = false)]
[Immutable]
public sealed record UsageRow
{
    [Id(0)]
    public required RunId Run { get; init; }

    [Id(1)]
    public required int Incarnation { get; init; }

    [Id(2)]
    public required string Step { get; init; }

    [Id(3)]
    public required int Member { get; init; }

    [Id(4)]
    public required int Sample { get; init; }

    [Id(5)]
    public required string Ensemble { get; init; }

    [Id(6)]
    public required string Role { get; init; }

    /// <summary>The called model's alias.</summary>
    [Id(7)]
    public required string Model { get; init; }

    /// <summary>Null = a caller without a key, or nobody knows.</summary>
    [Id(8)]
    public string? Caller { get; init; }

    [Id(9)]
    public required string Outcome { get => OutcomeWords.Calls.Current(field); init; }

    [Id(10)]
    public required int Attempts { get; init; }

    [Id(11)]
    public required DateTimeOffset StartedAt { get; init; }

    [Id(12)]
    public TimeSpan? FirstToken { get; init; }

    [Id(13)]
    public required TimeSpan Total { get; init; }

    [Id(14)]
    public long? PromptTokens { get; init; }

    [Id(15)]
    public long? CompletionTokens { get; init; }

    [Id(18)]
    public long? CachedTokens { get; init; }

    [Id(19)]
    public long? CacheWriteTokens { get; init; }

    [Id(20)]
    public long? ReasoningTokens { get; init; }

    /// <summary><c>reported</c>, <c>estimated</c> or <c>none</c>.</summary>
    [Id(16)]
    public required string Source { get; init; }

    [Id(17)]
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
