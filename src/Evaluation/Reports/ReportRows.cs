using System.Globalization;
using Ensemble.Estimates;
using Ensemble.Evaluation.Analysis;
using Ensemble.Evaluation.Running;

namespace Ensemble.Evaluation.Reports;

/// <summary>The tables that all forms of the report have.</summary>
internal static class ReportRows
{
    public static readonly string[] SubjectColumns =
        ["asked", "right", "95 % interval", "cost of 1,000", "cost a right answer", "time p50", "time p95", "calls a question"];

    public static readonly string[] ComparisonColumns =
        [
            "ensemble", "points against the best single", "95 % interval", "only it right", "only the single right",
            "p (McNemar)", "p (Holm)",
            "cost ratio",
        ];

    public static readonly string[] MemberColumns =
        ["member", "right alone", "vote without it, points", "95 % interval", "share of the panel's cost"];

    public static readonly string[] PairColumns = ["pair", "correlation of errors", "95 % interval", "both wrong", "with the same answer"];

    public static string[] Of(SubjectReport subject) =>
    [
        subject.Name,
        Figures.Percent(subject.Accuracy.Value),
        Figures.Range(subject.Accuracy),
        Figures.Usd(subject.CostPerThousand),
        subject is { Right: 0, CostPerThousand: not null } ? "none is right" : Figures.Usd(subject.CostPerRight),
        Figures.Seconds(subject.Latency?.P50),
        Figures.Seconds(subject.Latency?.P95),
        subject.CallsPerQuestion.ToString("0.00", CultureInfo.InvariantCulture),
    ];

    public static IEnumerable<string[]> Comparisons(EvaluationReport report) =>
        report.Subjects.Where(static subject => subject.Comparison is not null).Select(static subject => (string[])
        [
            subject.Name,
            Figures.Points(subject.Comparison!.Difference.Value),
            Figures.PointsRange(subject.Comparison.Difference),
            subject.Comparison.OnlyThis.ToString(CultureInfo.InvariantCulture),
            subject.Comparison.OnlyBest.ToString(CultureInfo.InvariantCulture),
            Figures.PValue(subject.Comparison.PValue),
            Figures.PValue(subject.Comparison.AdjustedPValue),
            subject.Comparison.CostRatio is { } ratio ? ratio.ToString("0.00", CultureInfo.InvariantCulture) : "unknown",
        ]);

    public static string[] Of(MemberValue member) =>
    [
        member.Name,
        Figures.Percent(member.Accuracy.Value),
        Figures.Points(member.Change.Value),
        Figures.PointsRange(member.Change),
        member.CostShare is { } share ? Figures.Percent(share) : "unknown",
    ];

    public static string[] Of(PanelReport panel, PairReport pair) =>
    [
        $"{panel.Members[pair.First]} and {panel.Members[pair.Second]}",
        pair.Phi is { } phi ? Figures.WithSign(phi.Value) : "none: one is always or never right",
        pair.Phi is { } known ? $"{Figures.WithSign(known.Low)} … {Figures.WithSign(known.High)}" : "",
        pair.BothWrong.ToString(CultureInfo.InvariantCulture),
        pair.SameWrongShare is { } same ? $"{pair.SameWrong} ({Figures.Percent(same)})" : "0",
    ];

    /// <param name="length">Characters of a text at most.</param>
    public static string[] Of(LostQuestion lost, int length) =>
    [
        $"{lost.Id}: {Short(lost.Question, length)}", Short(lost.Reference, 80), Short(lost.Member, length), Short(lost.Answer, length),
    ];

    /// <summary>What a panel's figures mean, in sentences.</summary>
    public static IEnumerable<string> Sentences(PanelReport panel)
    {
        yield return $"At least one member is right on {Figures.Percent(panel.Ceiling.Value)} of the questions "
            + $"({Figures.Range(panel.Ceiling)}): no choice among their answers can be better. "
            + $"On {Figures.Percent(panel.CoFailure)} all of them fail.";
        if (panel is { MeanCorrelation: { } mean, EffectiveMembers: { } size })
        {
            yield return $"Their errors correlate by {Figures.WithSign(mean)} on average: the {panel.Members.Count} members are worth "
                + $"{size.ToString("0.0", CultureInfo.InvariantCulture)} independent ones.";
        }

        yield return $"A vote of all members is right on {Figures.Percent(panel.Vote.Value)} ({Figures.Range(panel.Vote)}).";
        var advice = panel.Values.Select(static value => value.Advice).OfType<string>().ToList();
        foreach (var sentence in advice)
        {
            yield return Capital(sentence);
        }

        if (advice.Count > 1)
        {
            yield return "Each of these holds for that member alone: drop one, and evaluate again.";
        }
    }

    public static string Capital(string sentence) => char.ToUpperInvariant(sentence[0]) + sentence[1..];

    public static string KindOf(SubjectKind kind) => kind switch
    {
        SubjectKind.Single => "single model",
        SubjectKind.Self => "one model, voted with itself",
        _ => "ensemble",
    };

    /// <summary>At most so many characters of a text, on one line.</summary>
    public static string Short(string? text, int length = 200)
    {
        var line = string.Join(' ', (text ?? "no answer").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= length ? line : string.Concat(line.AsSpan(0, length - 1).TrimEnd(), "…");
    }
}
