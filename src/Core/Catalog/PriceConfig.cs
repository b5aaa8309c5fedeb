using Ensemble.Chat;

namespace Ensemble.Catalog;

/// <summary>
/// A model's price in USD for a million tokens. All that is billed, budgeted, quoted and reported is computed here.
/// </summary>
/// <param name="InputPerMillion">For prompt tokens that are neither read from a cache nor written to one.</param>
/// <param name="OutputPerMillion">For completion tokens without reasoning.</param>
public sealed record PriceConfig(decimal InputPerMillion, decimal OutputPerMillion)
{
    /// <summary>For prompt tokens that were read from the provider's cache. Default: as other input.</summary>
    public decimal CachedInputPerMillion { get; init; } = InputPerMillion;

    /// <summary>For prompt tokens that were written to the provider's cache. Default: as other input.</summary>
    public decimal CacheWritePerMillion { get; init; } = InputPerMillion;

    /// <summary>For completion tokens that were spent on reasoning. Default: as other output.</summary>
    public decimal ReasoningPerMillion { get; init; } = OutputPerMillion;

    /// <summary>Prices of longer prompts, by rising length; none costs less than the one before it.</summary>
    public IReadOnlyList<PriceTier> Tiers { get; init; } = [];

    /// <returns>The cost of a call in US dollars, not rounded.</returns>
    public decimal CostUsd(TokenUsage usage)
    {
        var price = At(usage.PromptTokens);
        var kinds = usage.Kinds;
        return ((kinds.Input * price.InputPerMillion)
            + (kinds.CachedInput * price.CachedInputPerMillion)
            + (kinds.CacheWrite * price.CacheWritePerMillion)
            + (kinds.Output * price.OutputPerMillion)
            + (kinds.Reasoning * price.ReasoningPerMillion)) / 1_000_000m;
    }

    /// <returns>The cost in US dollars, not rounded, of tokens without cache and reasoning.</returns>
    public decimal CostUsd(long promptTokens, long completionTokens) => CostUsd(new TokenUsage(promptTokens, completionTokens));

    /// <returns>The highest possible cost in US dollars of a call with at most this many tokens, of any kinds.</returns>
    public decimal MaxUsd(long promptTokens, long completionTokens)
    {
        var price = At(promptTokens);
        var input = Math.Max(price.InputPerMillion, Math.Max(price.CachedInputPerMillion, price.CacheWritePerMillion));
        return ((promptTokens * input) + (completionTokens * Math.Max(price.OutputPerMillion, price.ReasoningPerMillion))) / 1_000_000m;
    }

    private PriceConfig At(long promptTokens) =>
        Tiers.LastOrDefault(tier => promptTokens > tier.AboveInputTokens)?.Price ?? this;
}

/// <summary>Prices of all tokens of a call whose prompt is longer than a limit.</summary>
/// <param name="AboveInputTokens">Of the prompt, cached tokens among them.</param>
/// <param name="Price">Has no tiers.</param>
public sealed record PriceTier(long AboveInputTokens, PriceConfig Price);
