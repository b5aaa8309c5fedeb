using Ensemble.Estimates;

namespace Ensemble.Evaluation.Analysis;

/// <summary>What figures come to, in the sentence that a reader is to act on.</summary>
internal static class Verdicts
{
    /// <summary>Below this no figure is worth a decision.</summary>
    public const int MinQuestions = Evidence.MinCount;

    private const double Margin = Evidence.Margin;

    /// <param name="best">The name of the best single model.</param>
    /// <param name="questions">How many were asked.</param>
    public static Comparison Judge(Comparison comparison, string best, int questions)
    {
        var verdict = VerdictOf(comparison, questions);
        return comparison with { Verdict = verdict, Sentence = Sentence(comparison, verdict, best, questions) };
    }

    /// <param name="members">Of the panel.</param>
    /// <param name="questions">How many were asked.</param>
    /// <returns>Null where dropping the member may cost accuracy, or nobody can tell.</returns>
    public static string? Drop(string member, Interval change, double? costShare, int members, int questions)
    {
        // Of two members the one that is left is no panel.
        if (members < 3 || questions < MinQuestions || change.Value < 0 || change.Low <= -Margin)
        {
            return null;
        }

        var saved = costShare is > 0 and var share ? $", and {Figures.Percent(share)} of the panel's cost is saved" : "";
        return $"drop {member}: without it nothing is lost ({Figures.Points(change.Value)} points, {Figures.PointsRange(change)}){saved}.";
    }

    private static Verdict VerdictOf(Comparison comparison, int questions)
    {
        var (difference, isCheaper) = (comparison.Difference, comparison.CostRatio < 0.95);
        var isSure = difference.ExcludesZero && comparison.AdjustedPValue < Interval.Alpha;
        return questions < MinQuestions ? Verdict.TooFewQuestions
            : isCheaper && difference.Low > -Margin ? Verdict.UseIt
            : isSure ? (difference.Low > 0 ? Verdict.UseIt : Verdict.DoNotFuse)
            : isCheaper ? Verdict.TooFewQuestions
            : difference.High < Margin || questions >= comparison.QuestionsNeeded ? Verdict.DoNotFuse
            : Verdict.TooFewQuestions;
    }

    private static string Sentence(Comparison comparison, Verdict verdict, string best, int questions)
    {
        var difference = comparison.Difference;
        var isSure = difference.ExcludesZero && comparison.AdjustedPValue < Interval.Alpha;
        switch (verdict)
        {
            case Verdict.TooFewQuestions:
                return $"too few questions to tell: {questions:N0} were asked, and it takes about "
                    + $"{Math.Max(comparison.QuestionsNeeded, MinQuestions):N0} to see a difference of 3 points.";
            case Verdict.UseIt when isSure && difference.Low > 0:
                return $"use it: {Size(difference)} better than the best single model, {best}{For(comparison.CostRatio)}.";
            case Verdict.UseIt when isSure:
                return $"use it{For(comparison.CostRatio)}: it is only {Size(Reversed(difference))} worse than {best} alone.";
            case Verdict.UseIt:
                return $"use it: as good as {best} alone{For(comparison.CostRatio)}.";
            case Verdict.DoNotFuse when isSure:
                return $"do not fuse: {best} alone is {Size(Reversed(difference))} better{For(1 / comparison.CostRatio)}.";
            default:
                return $"do not fuse: {best} alone is as good{For(1 / comparison.CostRatio)}.";
        }
    }

    private static Interval Reversed(Interval interval) => new(-interval.Value, -interval.High, -interval.Low);

    private static string Size(Interval difference) =>
        $"{Figures.Points(difference.Value)} points ({Figures.PointsRange(difference)})".Replace("+", "", StringComparison.Ordinal);

    private static string For(double? ratio) => ratio is { } known ? $" for {Figures.Money(known)}" : "";
}
