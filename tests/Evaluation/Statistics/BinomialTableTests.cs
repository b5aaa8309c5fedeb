using Ensemble.Evaluation.Statistics;

namespace Ensemble.Evaluation.Tests.Statistics;

public sealed class BinomialTableTests
{
    [Theory]
    [InlineData(20, 0.3)]
    [InlineData(5000, 0.5)]
    [InlineData(100_000, 0.001)]
    public void Draw_ManyTimes_HasMeanAndSpreadOfTheDistribution(int trials, double probability)
    {
        var (table, random) = (new BinomialTable(trials, probability), new Random(5));

        double[] draws = [.. Enumerable.Range(0, 20_000).Select(_ => (double)table.Draw(random))];

        var spread = Math.Sqrt(trials * probability * (1 - probability));
        draws.Average().ShouldBe(trials * probability, 4 * spread / Math.Sqrt(draws.Length));
        Math.Sqrt(draws.Average(draw => Math.Pow(draw - draws.Average(), 2)) / (spread * spread)).ShouldBe(1, 0.03);
    }
}
