using Ensemble.Evaluation.Statistics;

namespace Ensemble.Evaluation.Tests.Statistics;

public sealed class BestSingleTests
{
    [Fact]
    public void Choose_EqualModels_IsNotBetterByLuckAlone()
    {
        // Twenty coins: the best of them on all questions is lucky there; chosen on the other half it is a coin again.
        var random = new Random(1);
        var (luck, fair) = (0.0, 0.0);
        const int Sets = 200;
        for (var set = 0; set < Sets; set++)
        {
            bool[][] right = [.. Enumerable.Range(0, 20).Select(_ => Enumerable.Range(0, 100).Select(_ => random.Next(2) == 0).ToArray())];
            var best = BestSingle.Choose(right, new decimal?[20], new Random(set));
            best.IsCrossFitted.ShouldBeTrue();
            luck += right[best.Best].Count(static isRight => isRight) / 100.0 / Sets;
            fair += best.Reference.Where((model, question) => right[model][question]).Count() / 100.0 / Sets;
        }

        luck.ShouldBeGreaterThan(0.57);
        fair.ShouldBe(0.5, 0.01);
    }

    [Fact]
    public void Choose_FewQuestions_TakesTheBestOnAllAndSaysSo()
    {
        var best = BestSingle.Choose([[true, false, false], [true, true, false]], [1, 2], new Random(1));

        best.IsCrossFitted.ShouldBeFalse();
        best.Reference.ShouldBe([1, 1, 1]);
    }

    [Fact]
    public void Choose_AsGoodAsEachOther_TakesTheCheaper() =>
        BestSingle.Choose([[true, false], [false, true]], [2, 1], new Random(1)).Best.ShouldBe(1);
}
