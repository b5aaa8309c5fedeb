namespace Ensemble.Chat;

/// <summary>
/// Tokens as a provider reported them, counted as OpenAI does: tokens of the cache are part of the prompt, reasoning is part of the
/// completion. Dialects whose providers count them separately add them to the total.
/// </summary>
[GenerateSerializer(IncludePrimaryConstructorParameters = false)]
[Immutable]
public sealed record TokenUsage([property: Id(0)] long PromptTokens, [property: Id(1)] long CompletionTokens)
{
    /// <summary>Prompt tokens served from the provider's cache; null where it did not say.</summary>
    [Id(2)]
    public long? CachedTokens { get; init; }

    /// <summary>Prompt tokens that were written to the provider's cache; null where it did not say.</summary>
    [Id(8)]
    public long? CacheWriteTokens { get; init; }

    /// <summary>Completion tokens spent on reasoning; null where it did not say.</summary>
    [Id(3)]
    public long? ReasoningTokens { get; init; }

    /// <summary>Prompt tokens of audio; null where it did not say.</summary>
    [Id(4)]
    public long? PromptAudioTokens { get; init; }

    /// <summary>Completion tokens of audio; null where it did not say.</summary>
    [Id(5)]
    public long? CompletionAudioTokens { get; init; }

    /// <summary>Tokens of a prediction that were kept; null where it did not say.</summary>
    [Id(6)]
    public long? AcceptedPredictionTokens { get; init; }

    /// <summary>Tokens of a prediction that were not kept, and billed; null where it did not say.</summary>
    [Id(7)]
    public long? RejectedPredictionTokens { get; init; }

    public static readonly TokenUsage None = new(0, 0);

    /// <summary>Each token once, by what it costs. A part that is reported as larger than its whole counts as the whole.</summary>
    public TokenKinds Kinds
    {
        get
        {
            var cached = Within(CachedTokens, PromptTokens);
            var written = Within(CacheWriteTokens, PromptTokens - cached);
            var reasoning = Within(ReasoningTokens, CompletionTokens);
            return new TokenKinds(PromptTokens - cached - written, cached, written, CompletionTokens - reasoning, reasoning);

            // What a provider reports of a part may be more than the whole.
            static long Within(long? part, long whole) => Math.Min(Math.Max(part ?? 0, 0), Math.Max(whole, 0));
        }
    }

    /// <summary>This report after an earlier one of the same answer: where it says 0, or nothing, the earlier number stands.</summary>
    public TokenUsage After(TokenUsage? earlier) => earlier is null ? this : new(
        Later(PromptTokens, earlier.PromptTokens) ?? 0, Later(CompletionTokens, earlier.CompletionTokens) ?? 0)
    {
        CachedTokens = Later(CachedTokens, earlier.CachedTokens),
        CacheWriteTokens = Later(CacheWriteTokens, earlier.CacheWriteTokens),
        ReasoningTokens = Later(ReasoningTokens, earlier.ReasoningTokens),
        PromptAudioTokens = Later(PromptAudioTokens, earlier.PromptAudioTokens),
        CompletionAudioTokens = Later(CompletionAudioTokens, earlier.CompletionAudioTokens),
        AcceptedPredictionTokens = Later(AcceptedPredictionTokens, earlier.AcceptedPredictionTokens),
        RejectedPredictionTokens = Later(RejectedPredictionTokens, earlier.RejectedPredictionTokens),
    };

    /// <summary>Of two reports of one number, the later counts unless it says nothing, or 0.</summary>
    internal static long? Later(long? later, long? earlier) => later is > 0 ? later : earlier ?? later;

    public static TokenUsage operator +(TokenUsage left, TokenUsage right) =>
        new(left.PromptTokens + right.PromptTokens, left.CompletionTokens + right.CompletionTokens)
        {
            CachedTokens = Sum(left.CachedTokens, right.CachedTokens),
            CacheWriteTokens = Sum(left.CacheWriteTokens, right.CacheWriteTokens),
            ReasoningTokens = Sum(left.ReasoningTokens, right.ReasoningTokens),
            PromptAudioTokens = Sum(left.PromptAudioTokens, right.PromptAudioTokens),
            CompletionAudioTokens = Sum(left.CompletionAudioTokens, right.CompletionAudioTokens),
            AcceptedPredictionTokens = Sum(left.AcceptedPredictionTokens, right.AcceptedPredictionTokens),
            RejectedPredictionTokens = Sum(left.RejectedPredictionTokens, right.RejectedPredictionTokens),
        };

    // A detail that only one side knows is still known in part; one that neither knows stays unknown.
    private static long? Sum(long? left, long? right) => left is null ? right : left + (right ?? 0);
}
