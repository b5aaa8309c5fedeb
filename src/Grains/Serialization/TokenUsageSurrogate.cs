using Ensemble.Chat;

namespace Ensemble.Grains.Serialization;

/// <summary><see cref="TokenUsage"/> on the wire.</summary>
[GenerateSerializer]
[Alias(WireNames.TokenUsage)]
internal struct TokenUsageSurrogate
{
    [Id(0)]
    public long PromptTokens;

    [Id(1)]
    public long CompletionTokens;

    [Id(2)]
    public long? CachedTokens;

    [Id(3)]
    public long? ReasoningTokens;

    [Id(4)]
    public long? PromptAudioTokens;

    [Id(5)]
    public long? CompletionAudioTokens;

    [Id(6)]
    public long? AcceptedPredictionTokens;

    [Id(7)]
    public long? RejectedPredictionTokens;

    [Id(8)]
    public long? CacheWriteTokens;
}

[RegisterConverter]
internal sealed class TokenUsageConverter : IConverter<TokenUsage, TokenUsageSurrogate>
{
    public TokenUsage ConvertFromSurrogate(in TokenUsageSurrogate surrogate) => new(surrogate.PromptTokens, surrogate.CompletionTokens)
    {
        CachedTokens = surrogate.CachedTokens,
        ReasoningTokens = surrogate.ReasoningTokens,
        PromptAudioTokens = surrogate.PromptAudioTokens,
        CompletionAudioTokens = surrogate.CompletionAudioTokens,
        AcceptedPredictionTokens = surrogate.AcceptedPredictionTokens,
        RejectedPredictionTokens = surrogate.RejectedPredictionTokens,
        CacheWriteTokens = surrogate.CacheWriteTokens,
    };

    public TokenUsageSurrogate ConvertToSurrogate(in TokenUsage value) => new()
    {
        PromptTokens = value.PromptTokens,
        CompletionTokens = value.CompletionTokens,
        CachedTokens = value.CachedTokens,
        ReasoningTokens = value.ReasoningTokens,
        PromptAudioTokens = value.PromptAudioTokens,
        CompletionAudioTokens = value.CompletionAudioTokens,
        AcceptedPredictionTokens = value.AcceptedPredictionTokens,
        RejectedPredictionTokens = value.RejectedPredictionTokens,
        CacheWriteTokens = value.CacheWriteTokens,
    };
}
