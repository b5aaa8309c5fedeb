using Ensemble.Estimates;

namespace Ensemble.Evaluation.Statistics;

/// <summary>How far two members err on the same questions.</summary>
/// <param name="Phi">The correlation of their errors; null where one of them is always right, or never.</param>
/// <param name="BothWrong">Questions that both have wrong.</param>
/// <param name="SameWrong">Those of them with the same wrong answer.</param>
internal sealed record ErrorCorrelation(Interval? Phi, int BothWrong, int SameWrong)
{
    /// <summary>Of the questions that both have wrong, the share with the same answer; null where there are none.</summary>
    public double? SameWrongShare => BothWrong == 0 ? null : (double)SameWrong / BothWrong;

    /// <param name="first">One a question: whether the first member is right.</param>
    /// <param name="second">The same of the second.</param>
    /// <param name="saysSame">Whether both gave the same answer to a question.</param>
    public static ErrorCorrelation Of(
        IReadOnlyList<bool> first, IReadOnlyList<bool> second, Func<int, bool> saysSame, QuestionBootstrap bootstrap)
    {
        var kinds = new int[4];
        var sameWrong = 0;
        for (var question = 0; question < first.Count; question++)
        {
            kinds[(first[question] ? 0 : 2) + (second[question] ? 0 : 1)]++;
            sameWrong += !first[question] && !second[question] && saysSame(question) ? 1 : 0;
        }

        var phi = PhiOf(kinds);
        return new ErrorCorrelation(double.IsNaN(phi) ? null : bootstrap.Of(phi, kinds, PhiOf), kinds[3], sameWrong);
    }

    /// <param name="kinds">Questions that both have right, the first alone, the second alone, none.</param>
    /// <returns>NaN where one of them is always right, or never.</returns>
    internal static double PhiOf(int[] kinds)
    {
        double both = kinds[0], first = kinds[1], second = kinds[2], none = kinds[3];
        var scale = Math.Sqrt((both + first) * (second + none) * (both + second) * (first + none));
        return scale == 0 ? double.NaN : ((both * none) - (first * second)) / scale;
    }
}
