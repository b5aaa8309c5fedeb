using Ensemble.Estimates;
using Ensemble.Evaluation.Statistics;

namespace Ensemble.Evaluation.Tests.Statistics;

public sealed class IntervalTests
{
    private const int DataSets = 2000;

    [Theory]
    [InlineData(0, 10, 0, 0.2775)]
    [InlineData(145, 660, 0.190, 0.253)]
    [InlineData(619, 660, 0.917, 0.954)]
    public void Wilson_KnownCounts_GivesItsInterval(int right, int count, double low, double high)
    {
        var interval = Wilson.Of(right, count);

        interval.Low.ShouldBe(low, 0.0006);
        interval.High.ShouldBe(high, 0.0006);
    }

    [Fact]
    public void Wilson_TwoThousandDataSets_HoldsItsLevel()
    {
        var random = new Random(1);

        var held = Enumerable.Range(0, DataSets).Count(_ =>
        {
            var interval = Wilson.Of(Enumerable.Range(0, 400).Count(_ => random.NextDouble() < 0.8), 400);
            return interval.Low <= 0.8 && interval.High >= 0.8;
        });

        ((double)held / DataSets).ShouldBe(0.95, 0.01);
    }

    [Fact]
    public void Mean_TwoThousandDataSets_HoldsItsLevel()
    {
        var random = new Random(2);

        var held = Enumerable.Range(0, DataSets).Count(set =>
        {
            int[] differences = [.. Enumerable.Range(0, 300).Select(_ => random.NextDouble() switch { < 0.14 => 1, < 0.22 => -1, _ => 0 })];
            var interval = new QuestionBootstrap(new Random(set), samples: 2000).Mean(differences);
            return interval.Low <= 0.06 && interval.High >= 0.06;
        });

        ((double)held / DataSets).ShouldBe(0.95, 0.01);
    }

    [Fact]
    public void Phi_TwoThousandDataSets_HoldsItsLevel()
    {
        var random = new Random(3);

        // Both right 0.7, one alone 0.1 each, none 0.1.
        var expected = ((0.7 * 0.1) - (0.1 * 0.1)) / (0.8 * 0.2);

        var held = Enumerable.Range(0, DataSets).Count(set =>
        {
            bool[] first = new bool[400], second = new bool[400];
            for (var question = 0; question < first.Length; question++)
            {
                var draw = random.NextDouble();
                (first[question], second[question]) = (draw < 0.8, draw is < 0.7 or (>= 0.8 and < 0.9));
            }

            var phi = ErrorCorrelation.Of(first, second, static _ => false, new QuestionBootstrap(new Random(set), samples: 1000)).Phi!.Value;
            return phi.Low <= expected && phi.High >= expected;
        });

        ((double)held / DataSets).ShouldBe(0.95, 0.01);
    }

    [Fact]
    public void Mean_SameSeed_GivesTheSameInterval()
    {
        int[] differences = [1, 1, 0, -1, 0, 1, 0, 0, 1, -1];

        new QuestionBootstrap(new Random(7)).Mean(differences).ShouldBe(new QuestionBootstrap(new Random(7)).Mean(differences));
    }

    [Fact]
    public void Mean_NoQuestionDiffers_SaysWhatSoFewQuestionsCouldMiss()
    {
        var interval = new QuestionBootstrap(new Random(1)).Mean(new int[100]);

        interval.Value.ShouldBe(0);
        interval.High.ShouldBe(0.0295, 0.0001);
        interval.Low.ShouldBe(-interval.High);
    }

    [Fact]
    public void Mean_EveryQuestionDiffers_IsThatAlone() =>
        new QuestionBootstrap(new Random(1)).Mean([1, 1, 1, 1]).ShouldBe(new Interval(1, 1, 1));
}
