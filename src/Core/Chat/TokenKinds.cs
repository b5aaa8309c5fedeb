namespace Ensemble.Chat;

/// <summary>Tokens of a call, each in one of the kinds that providers bill differently.</summary>
/// <param name="Input">Of the prompt, neither read from a cache nor written to one.</param>
/// <param name="Output">Of the completion, without reasoning.</param>
public readonly record struct TokenKinds(long Input, long CachedInput, long CacheWrite, long Output, long Reasoning);
