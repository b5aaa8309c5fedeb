using Ensemble.Catalog;
using Ensemble.Chat;
using FsCheck;
using FsCheck.Fluent;

namespace Ensemble.Core.Tests.Catalog;

public sealed class PriceConfigTests
{
    private static readonly PriceConfig Whole = new(3, 15) { CachedInputPerMillion = 0.3m, CacheWritePerMillion = 3.75m, ReasoningPerMillion = 20 };

    /// <summary>Prices as the catalog allows them: those of longer prompts are not lower.</summary>
    private static readonly Gen<PriceConfig> Prices = Gen.Choose(0, 5000).ArrayOf(10).Select(drawn =>
    {
        var price = Price(drawn.AsSpan(0, 5), new PriceConfig(0, 0));
        return price with { Tiers = [new PriceTier(300, Price(drawn.AsSpan(5, 5), price))] };
    });

    private static readonly Gen<TokenUsage> Usages = Gen.Choose(0, 400).ArrayOf(5).Select(Usage);

    [Fact]
    public void CostUsd_TokensAtTwoPrices_AreAddedAndNotRounded() =>
        new PriceConfig(0.55m, 2.2m).CostUsd(1, 3).ShouldBe(0.00000715m);

    [Fact]
    public void CostUsd_NoTokens_IsZero() => new PriceConfig(0.55m, 2.2m).CostUsd(0, 0).ShouldBe(0);

    [Fact]
    public void CostUsd_EachKind_HasItsPrice() =>
        Whole.CostUsd(new TokenUsage(1000, 100) { CachedTokens = 700, CacheWriteTokens = 200, ReasoningTokens = 60 })
            .ShouldBe(((100 * 3m) + (700 * 0.3m) + (200 * 3.75m) + (40 * 15m) + (60 * 20m)) / 1_000_000);

    [Fact]
    public void CostUsd_PricesThatAreNotGiven_AreThoseOfInputAndOutput()
    {
        var usage = new TokenUsage(1000, 100) { CachedTokens = 700, CacheWriteTokens = 200, ReasoningTokens = 60 };

        new PriceConfig(3, 15).CostUsd(usage).ShouldBe(new PriceConfig(3, 15).CostUsd(1000, 100));
    }

    [Theory]
    [InlineData(200_000, 0.2)]
    [InlineData(200_001, 0.400002)]
    [InlineData(400_000, 0.8)]
    [InlineData(400_001, 1.200003)]
    public void CostUsd_LongPrompt_CostsAsItsTierSays(long prompt, double expected)
    {
        var price = new PriceConfig(1, 1) { Tiers = [new PriceTier(200_000, new PriceConfig(2, 2)), new PriceTier(400_000, new PriceConfig(3, 3))] };

        price.CostUsd(new TokenUsage(prompt, 0) { CachedTokens = prompt / 2 }).ShouldBe((decimal)expected);
    }

    [Fact]
    public void CostUsd_PartsThatExceedTheirWhole_CountAsTheWhole() =>
        Whole.CostUsd(new TokenUsage(10, 5) { CachedTokens = 99, CacheWriteTokens = 99, ReasoningTokens = 99 }).ShouldBe(((10 * 0.3m) + (5 * 20m)) / 1_000_000);

    [Fact]
    public void CostUsd_MoreTokensOfAnyKind_NeverCostLess() => Prop.ForAll(
        Arb.From(Prices), Arb.From(Gen.Choose(0, 400).ArrayOf(5)), Arb.From(Gen.Choose(0, 4).Zip(Gen.Choose(1, 400))), (price, tokens, more) =>
        {
            var grown = tokens.ToArray();
            grown[more.Item1] += more.Item2;
            return price.CostUsd(Usage(grown)) >= price.CostUsd(Usage(tokens));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void MostUsd_CallThatKeepsToItsEstimate_NeverCostsMore() => Prop.ForAll(
        Arb.From(Prices), Arb.From(Usages), Arb.From(Gen.Choose(0, 300).Two()), (price, usage, spare) =>
            price.CostUsd(usage) <= price.MaxUsd(usage.PromptTokens + spare.Item1, usage.CompletionTokens + spare.Item2)).QuickCheckThrowOnFailure();

    // Of each kind: input, read, written, output, reasoning.
    private static TokenUsage Usage(int[] kinds) => new(kinds[0] + kinds[1] + kinds[2], kinds[3] + kinds[4])
    {
        CachedTokens = kinds[1],
        CacheWriteTokens = kinds[2],
        ReasoningTokens = kinds[4],
    };

    private static PriceConfig Price(ReadOnlySpan<int> more, PriceConfig than) =>
        new(than.InputPerMillion + (more[0] / 100m), than.OutputPerMillion + (more[3] / 100m))
        {
            CachedInputPerMillion = than.CachedInputPerMillion + (more[1] / 100m),
            CacheWritePerMillion = than.CacheWritePerMillion + (more[2] / 100m),
            ReasoningPerMillion = than.ReasoningPerMillion + (more[4] / 100m),
        };
}
