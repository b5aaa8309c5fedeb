using Ensemble.Evaluation.Statistics;
using FsCheck;
using FsCheck.Fluent;

namespace Ensemble.Evaluation.Tests.Statistics;

public sealed class TestTests
{
    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(5, 5, 1)]
    [InlineData(1, 9, 0.021484375)]
    [InlineData(0, 6, 0.03125)]
    public void McNemar_KnownCounts_IsTheExactProbability(int onlyFirst, int onlySecond, double expected)
    {
        McNemar.PValue(onlyFirst, onlySecond).ShouldBe(expected, 1e-9);
        McNemar.PValue(onlySecond, onlyFirst).ShouldBe(expected, 1e-9);
    }

    [Fact]
    public void Holm_KnownProbabilities_AreAdjustedInTheirOrder()
    {
        var adjusted = Holm.Adjust([0.01, 0.04, 0.03, 0.005]);

        adjusted.ShouldBe([0.03, 0.06, 0.06, 0.02], 1e-12);
    }

    [Fact]
    public void Holm_AnyProbabilities_NeverShrinkAndKeepTheirOrder() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), static bytes =>
        {
            double[] values = [.. bytes.Select(static value => value / 255.0)];
            var adjusted = Holm.Adjust(values);
            for (var index = 0; index < values.Length; index++)
            {
                adjusted[index].ShouldBeInRange(values[index], 1);
                for (var other = 0; other < values.Length; other++)
                {
                    (values[index] <= values[other] && adjusted[index] > adjusted[other]).ShouldBeFalse();
                }
            }
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0.1, 870)]
    [InlineData(0.2, 1742)]
    public void SampleSize_DiscordantShare_IsConnors(double discordant, int expected) =>
        SampleSize.For(discordant).ShouldBe(expected);

    [Fact]
    public void SampleSize_NoneDiscordant_IsThatOfTheDifferenceItself() => SampleSize.For(0).ShouldBe(SampleSize.For(0.03));

    [Theory]
    [InlineData(6, 0, 6)]
    [InlineData(6, 1, 1)]
    [InlineData(6, 0.2, 3)]
    [InlineData(4, -0.3, 4)]
    public void EffectivePanel_MeanCorrelation_IsTheDesignEffect(int members, double correlation, double expected) =>
        EffectivePanel.Size(members, correlation).ShouldBe(expected, 1e-12);
}
