using System.Globalization;

namespace Ensemble.Catalog.Reading;

/// <summary>Reads what a model's tokens cost.</summary>
internal static class PriceReader
{
    private const decimal MaxPrice = 1_000_000m;
    private const int MaxTiers = 8;
    private const long MaxTokens = 100_000_000;
    private const string Above = "above_input_tokens";

    private static readonly string[] Prices =
        ["input_per_million", "cached_input_per_million", "cache_write_per_million", "output_per_million", "reasoning_per_million"];

    private static readonly string[] Fields = [.. Prices, "tiers"];
    private static readonly string[] TierFields = [Above, .. Prices];

    public static PriceConfig? Read(ConfigNode node)
    {
        if (node.Object(Fields) is not { } price)
        {
            return null;
        }

        var read = ReadPrices(price);
        var tiers = ReadTiers(price.Find("tiers")?.Items(1, MaxTiers, "tiers") ?? [], read);
        return tiers.Count == 0 ? read : read is null ? null : read with { Tiers = tiers };
    }

    private static PriceConfig? ReadPrices(ConfigObject price)
    {
        const string Fix = "Give the price in USD for a million tokens; 0 where it is free.";
        var input = price.Require("input_per_million", Fix)?.Amount(MaxPrice);
        var output = price.Require("output_per_million", Fix)?.Amount(MaxPrice);
        var cached = price.Find("cached_input_per_million")?.Amount(MaxPrice);
        var written = price.Find("cache_write_per_million")?.Amount(MaxPrice);
        var reasoning = price.Find("reasoning_per_million")?.Amount(MaxPrice);
        return input is { } forInput && output is { } forOutput
            ? new PriceConfig(forInput, forOutput)
            {
                CachedInputPerMillion = cached ?? forInput,
                CacheWritePerMillion = written ?? forInput,
                ReasoningPerMillion = reasoning ?? forOutput,
            }
            : null;
    }

    private static List<PriceTier> ReadTiers(IReadOnlyList<ConfigNode> items, PriceConfig? below)
    {
        var tiers = new List<PriceTier>();
        foreach (var item in items)
        {
            if (item.Object(TierFields) is not { } tier)
            {
                continue;
            }

            var start = tier.Require(Above, "Give the number of prompt tokens above which these prices hold.");
            var above = start?.Integer(1, MaxTokens);
            if (ReadPrices(tier) is not { } price || above is not { } tokens)
            {
                continue;
            }

            if (tiers.Count > 0 && tokens <= tiers[^1].AboveInputTokens)
            {
                start!.Value.Error(
                    $"is not above the {tiers[^1].AboveInputTokens} of the tier before it",
                    "Order the tiers by rising above_input_tokens.");
                continue;
            }

            // A reservation holds for all prompts up to its length, so a longer one must not be cheaper.
            if (below is not null && Cheaper(price, below) is { } cheaper)
            {
                tier.Error(cheaper, "Give prices that are not below those of shorter prompts.");
            }

            tiers.Add(new PriceTier(tokens, price));
            below = price;
        }

        return tiers;
    }

    /// <returns>Which price is below the one for shorter prompts; null where none is.</returns>
    private static string? Cheaper(PriceConfig price, PriceConfig below)
    {
        (string Name, decimal Here, decimal Before)[] pairs =
        [
            (Prices[0], price.InputPerMillion, below.InputPerMillion),
            (Prices[1], price.CachedInputPerMillion, below.CachedInputPerMillion),
            (Prices[2], price.CacheWritePerMillion, below.CacheWritePerMillion),
            (Prices[3], price.OutputPerMillion, below.OutputPerMillion),
            (Prices[4], price.ReasoningPerMillion, below.ReasoningPerMillion),
        ];
        foreach (var (name, here, before) in pairs)
        {
            if (here < before)
            {
                return string.Create(
                    CultureInfo.InvariantCulture, $"has {name} {here}, which is less than the {before} that shorter prompts cost");
            }
        }

        return null;
    }
}
