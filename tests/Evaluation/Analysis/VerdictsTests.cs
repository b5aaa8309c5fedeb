using Ensemble.Estimates;
using Ensemble.Evaluation.Analysis;

namespace Ensemble.Evaluation.Tests.Analysis;

public sealed class VerdictsTests
{
    [Theory]
    [InlineData(0.042, 0.011, 0.073, 0.02, 3.1, 500, "use it: 4.2 points (1.1 … 7.3) better than the best single model, x for 3.1 times the money.")]
    [InlineData(0.042, 0.011, 0.073, 0.08, 3.1, 500, "too few questions to tell: 500 were asked, and it takes about 900 to see a difference of 3 points.")]
    [InlineData(0.002, -0.02, 0.024, 0.9, 5.0, 500, "do not fuse: x alone is as good for a fifth of the money.")]
    [InlineData(0.002, -0.05, 0.054, 0.9, 5.0, 500, "too few questions to tell: 500 were asked, and it takes about 900 to see a difference of 3 points.")]
    [InlineData(0.002, -0.05, 0.054, 0.9, 5.0, 900, "do not fuse: x alone is as good for a fifth of the money.")]
    [InlineData(-0.05, -0.08, -0.02, 0.001, 2.0, 500, "do not fuse: x alone is 5.0 points (2.0 … 8.0) better for half the money.")]
    [InlineData(0.0, -0.02, 0.02, 1, 0.45, 500, "use it: as good as x alone for 45 % of the money.")]
    [InlineData(-0.012, -0.021, -0.005, 0.01, 0.84, 500, "use it for 84 % of the money: it is only 1.2 points (0.5 … 2.1) worse than x alone.")]
    [InlineData(0.0, -0.06, 0.06, 1, 0.45, 500, "too few questions to tell: 500 were asked, and it takes about 900 to see a difference of 3 points.")]
    [InlineData(0.5, 0.4, 0.6, 0.001, 1.0, 29, "too few questions to tell: 29 were asked, and it takes about 900 to see a difference of 3 points.")]
    public void Judge_Figures_SayWhatToDo(double value, double low, double high, double p, double ratio, int questions, string sentence) =>
        Verdicts.Judge(new Comparison(new Interval(value, low, high), 0, 0, p, p, 900, ratio), "x", questions).Sentence.ShouldBe(sentence);

    [Fact]
    public void Judge_UnknownCosts_SaysNothingOfMoney() =>
        Verdicts.Judge(new Comparison(new Interval(0, -0.01, 0.01), 0, 0, 1, 1, 900, null), "x", 500).Sentence.ShouldBe("do not fuse: x alone is as good.");

    [Theory]
    [InlineData(0.002, -0.009, 0.013, 3, 200, "drop b: without it nothing is lost (+0.2 points, −0.9 … +1.3), and 12.0 % of the panel's cost is saved.")]
    [InlineData(-0.002, -0.009, 0.013, 3, 200, null)]
    [InlineData(0.002, -0.05, 0.05, 3, 200, null)]
    [InlineData(0.002, -0.009, 0.013, 2, 200, null)]
    [InlineData(0.002, -0.009, 0.013, 3, 20, null)]
    public void Drop_Figures_NameTheMemberThatIsWorthNothing(double value, double low, double high, int members, int questions, string? sentence) =>
        Verdicts.Drop("b", new Interval(value, low, high), 0.12, members, questions).ShouldBe(sentence);

    [Theory]
    [InlineData(0.5, "half the money")]
    [InlineData(0.19, "a fifth of the money")]
    [InlineData(0.78, "78 % of the money")]
    [InlineData(0.003, "less than 1 % of the money")]
    [InlineData(1.02, "the same money")]
    [InlineData(4.12, "4.1 times the money")]
    public void Money_Ratio_IsSaidInWords(double ratio, string words) => Figures.Money(ratio).ShouldBe(words);
}
