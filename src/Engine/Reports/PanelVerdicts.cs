using System.Globalization;
using Ensemble.Estimates;

namespace Ensemble.Reports;

/// <summary>
/// Turns figures into a verdict and a sentence. Live traffic has no reference answers; without them a report can say whether fewer calls
/// would give the same answers.
/// </summary>
internal static class PanelVerdicts
{
    /// <summary>A panel of two members cannot lose one.</summary>
    private const int SmallestPanel = 3;

    public static PanelReport Judge(PanelReport report)
    {
        var (verdict, sentence, member) = TooFew(report) ?? Enough(report) ?? Dispensable(report) ?? Needed(report);
        return report with { Verdict = verdict, Sentence = sentence + Feedback(report.Feedback), VerdictMember = member };
    }

    private static (string, string, string?)? TooFew(PanelReport report)
    {
        var (compared, decided) = (report.Runs.Compared, report.Runs.Decided);
        return compared < Evidence.MinCount
            ? ("too_few_runs", $"too few runs to tell: the answers of two members or more were compared in {Count(compared)}; at least "
                + $"{Evidence.MinCount} are needed.", null)
            : decided < Evidence.MinCount
                ? ("too_few_runs", $"too few runs to tell: in only {Count(decided)} is it known whose answer was given; at least "
                    + $"{Evidence.MinCount} are needed. A judge's own wording is not compared with the members' answers.", null)
            : null;
    }

    private static (string, string, string?)? Enough(PanelReport report)
    {
        var found = report.Members
            .Where(static member => member.Won is { Of: >= Evidence.MinCount, Low: > 1 - Evidence.Margin })
            .OrderBy(static member => member.PerAnswerUsd ?? decimal.MaxValue)
            .ThenByDescending(static member => member.Won!.Value)
            .FirstOrDefault();
        if (found is null)
        {
            return null;
        }

        var ratio = found.PerAnswerUsd is { } alone && report.Cost.PerRunUsd is > 0 and var run ? (double)(alone / run) : default(double?);
        var money = ratio is { } known ? $", for {Figures.Money(known)}" : "";
        return (
            "do_not_fuse",
            $"do not fuse: {found.Member} alone says what the ensemble says in {Describe(found.Won!, "answers")}{money}.",
            found.Member);
    }

    private static (string, string, string?)? Dispensable(PanelReport report)
    {
        if (report.Members.Count < SmallestPanel)
        {
            return null;
        }

        var found = report.Members
            .Where(static member => member.Decisive is { Of: >= Evidence.MinCount, High: < Evidence.Margin })
            .OrderByDescending(static member => member.CostShare ?? 0)
            .ThenByDescending(static member => member.WaitingShare ?? 0)
            .FirstOrDefault();
        if (found is null)
        {
            return null;
        }

        var saved = found.CostShare is > 0 and var share ? $", and {Figures.Percent(share)} of the cost is saved" : "";
        return (
            "drop_member",
            $"drop {found.Member}: a vote without it decides otherwise in {Describe(found.Decisive!, "runs")}{saved}.",
            found.Member);
    }

    private static (string, string, string?) Needed(PanelReport report)
    {
        var judged = report.Members.Where(static member => member.Won is { Of: >= Evidence.MinCount }).ToArray();
        var nearest = judged.MaxBy(static member => member.Won!.Value);
        if (nearest?.Won is not { } won)
        {
            return ("too_few_runs", $"too few runs to tell: no member's answers were compared with {Evidence.MinCount} answers.", null);
        }

        // A member that may be as good as the panel is not known to be worse.
        if (judged.MaxBy(static member => member.Won!.High) is { Won: { High: >= 1 - Evidence.Margin } near } unclear)
        {
            return (
                "too_few_runs",
                $"too few runs to tell: {unclear.Member} alone says what the ensemble says in {Describe(near, "answers")}, and may be "
                    + "enough.",
                null);
        }

        var differs = new Share(won.Of - won.Count, won.Of);
        return (
            "use_it",
            $"use it: no member alone gives the same answers; the nearest, {nearest.Member}, differs in {Describe(differs, "answers")}.",
            null);
    }

    private static string Feedback(FeedbackFigures feedback) => feedback.Right is { Of: >= Evidence.MinCount } right
        ? $" The answer is right in {Describe(right, "statements of feedback")}."
        : "";

    private static string Describe(Share share, string what) => string.Create(
        CultureInfo.InvariantCulture, $"{Figures.Percent(share.Value)} of {share.Of:N0} {what} ({Range(share)})");

    private static string Range(Share share) => Figures.Range(new Interval(share.Value, share.Low, share.High));

    private static string Count(long runs) => string.Create(CultureInfo.InvariantCulture, $"{runs:N0} {(runs == 1 ? "run" : "runs")}");
}
