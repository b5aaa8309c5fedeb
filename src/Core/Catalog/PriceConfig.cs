namespace Ensemble.Catalog;

/// <summary>A model's price in USD for a million tokens.</summary>
public sealed record PriceConfig(decimal InputPerMillion, decimal OutputPerMillion)
{
    /// <returns>The cost of so many tokens in US dollars, not rounded.</returns>
    public decimal CostUsd(long promptTokens, long completionTokens) =>
        ((promptTokens * InputPerMillion) + (completionTokens * OutputPerMillion)) / 1_000_000m;
}
