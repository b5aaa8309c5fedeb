using Ensemble.Usage;

namespace Ensemble.Grains.Serialization;

/// <summary><see cref="UsageRow"/> on the wire.</summary>
[GenerateSerializer]
[Alias(WireNames.UsageRow)]
internal struct UsageRowSurrogate
{
    [Id(0)]
    public string Run;

    [Id(1)]
    public int Incarnation;

    [Id(2)]
    public string Step;

    [Id(3)]
    public int Member;

    [Id(4)]
    public int Sample;

    [Id(5)]
    public string Ensemble;

    [Id(6)]
    public string Role;

    [Id(7)]
    public string Model;

    [Id(8)]
    public string? Caller;

    [Id(9)]
    public string Outcome;

    [Id(10)]
    public int Attempts;

    [Id(11)]
    public DateTimeOffset StartedAt;

    [Id(12)]
    public TimeSpan? FirstToken;

    [Id(13)]
    public TimeSpan Total;

    [Id(14)]
    public long? PromptTokens;

    [Id(15)]
    public long? CompletionTokens;

    [Id(16)]
    public string Source;

    [Id(17)]
    public decimal? CostUsd;

    [Id(18)]
    public long? CachedTokens;

    [Id(19)]
    public long? CacheWriteTokens;

    [Id(20)]
    public long? ReasoningTokens;
}

[RegisterConverter]
internal sealed class UsageRowConverter : IConverter<UsageRow, UsageRowSurrogate>
{
    public UsageRow ConvertFromSurrogate(in UsageRowSurrogate surrogate) => new()
    {
        Run = WireRunId.Read(surrogate.Run),
        Incarnation = surrogate.Incarnation,
        Step = surrogate.Step,
        Member = surrogate.Member,
        Sample = surrogate.Sample,
        Ensemble = surrogate.Ensemble,
        Role = surrogate.Role,
        Model = surrogate.Model,
        Caller = surrogate.Caller,
        Outcome = surrogate.Outcome,
        Attempts = surrogate.Attempts,
        StartedAt = surrogate.StartedAt,
        FirstToken = surrogate.FirstToken,
        Total = surrogate.Total,
        PromptTokens = surrogate.PromptTokens,
        CompletionTokens = surrogate.CompletionTokens,
        Source = surrogate.Source,
        CostUsd = surrogate.CostUsd,
        CachedTokens = surrogate.CachedTokens,
        CacheWriteTokens = surrogate.CacheWriteTokens,
        ReasoningTokens = surrogate.ReasoningTokens,
    };

    public UsageRowSurrogate ConvertToSurrogate(in UsageRow value) => new()
    {
        Run = value.Run.Value,
        Incarnation = value.Incarnation,
        Step = value.Step,
        Member = value.Member,
        Sample = value.Sample,
        Ensemble = value.Ensemble,
        Role = value.Role,
        Model = value.Model,
        Caller = value.Caller,
        Outcome = value.Outcome,
        Attempts = value.Attempts,
        StartedAt = value.StartedAt,
        FirstToken = value.FirstToken,
        Total = value.Total,
        PromptTokens = value.PromptTokens,
        CompletionTokens = value.CompletionTokens,
        Source = value.Source,
        CostUsd = value.CostUsd,
        CachedTokens = value.CachedTokens,
        CacheWriteTokens = value.CacheWriteTokens,
        ReasoningTokens = value.ReasoningTokens,
    };
}
