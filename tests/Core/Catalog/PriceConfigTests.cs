using Ensemble.Catalog;

namespace Ensemble.Core.Tests.Catalog;

public sealed class PriceConfigTests
{
    [Fact]
    public void CostUsd_TokensAtTwoPrices_AreAddedAndNotRounded() =>
        new PriceConfig(0.55m, 2.2m).CostUsd(1, 3).ShouldBe(0.00000715m);

    [Fact]
    public void CostUsd_NoTokens_IsZero() => new PriceConfig(0.55m, 2.2m).CostUsd(0, 0).ShouldBe(0);
}
