using System.Text;
using Ensemble.Evaluation.Analysis;

namespace Ensemble.Evaluation.Reports;

/// <summary>Writes the report as Markdown.</summary>
internal static class MarkdownReport
{
    private const int MaxLost = 10;

    public static string Write(EvaluationReport report)
    {
        var text = new StringBuilder("# Evaluation\n\n")
            .Append($"**{Escape(report.Headline)}**\n\n")
            .Append($"- questions: {report.Questions:N0} of {Code(report.Data)}, seed {report.Seed}\n")
            .Append($"- grader: {Code(report.Grader)}\n")
            .Append($"- best single model: {Escape(report.BestSingle)}\n\n");
        Table(text, ReportRows.SubjectColumns, report.Subjects.Select(ReportRows.Of));
        if (report.Subjects.Any(static subject => subject.Comparison is not null))
        {
            text.Append("\n## Against the best single model\n\n");
            foreach (var subject in report.Subjects.Where(static subject => subject.Comparison is not null))
            {
                text.Append($"- **{Escape(subject.Name)}**: {Escape(subject.Comparison!.Sentence)}\n");
            }

            text.Append('\n');
            Table(text, ReportRows.ComparisonColumns, ReportRows.Comparisons(report));
        }

        foreach (var panel in report.Panels)
        {
            text.Append($"\n## The panel of {Escape(panel.Name)}\n\n");
            foreach (var sentence in ReportRows.Sentences(panel))
            {
                text.Append("- ").Append(Escape(sentence)).Append('\n');
            }

            text.Append('\n');
            Table(text, ReportRows.MemberColumns, panel.Values.Select(ReportRows.Of));
            text.Append('\n');
            Table(text, ReportRows.PairColumns, panel.Pairs.Select(pair => ReportRows.Of(panel, pair)));
        }

        foreach (var subject in report.Subjects.Where(static subject => subject.Lost.Count > 0))
        {
            text.Append($"\n## Lost by {Escape(subject.Name)}\n\n")
                .Append($"{subject.Lost.Count:N0} questions that {Escape(subject.BestMember!)} has right, and it has not")
                .Append(subject.Lost.Count > MaxLost ? $"; the first {MaxLost}:\n\n" : ":\n\n");
            Table(text, ["question", "right", subject.BestMember!, subject.Name], subject.Lost.Take(MaxLost).Select(
                static lost => ReportRows.Of(lost, 200)));
        }

        text.Append("\n## Notes\n\n");
        foreach (var note in report.Notes)
        {
            text.Append("- ").Append(Escape(note)).Append('\n');
        }

        return text.ToString();
    }

    private static void Table(StringBuilder text, IReadOnlyList<string> columns, IEnumerable<string[]> rows)
    {
        text.Append("| ").AppendJoin(" | ", columns.Select(Escape)).Append(" |\n|")
            .Append(string.Concat(columns.Select(static _ => " --- |"))).Append('\n');
        foreach (var row in rows)
        {
            text.Append("| ").AppendJoin(" | ", row.Select(Escape)).Append(" |\n");
        }
    }

    private static string Code(string text) => $"`{text.Replace('`', '\'')}`";

    // What others wrote must not become a column, a tag, or emphasis.
    private static string Escape(string text) => text
        .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace("*", "\\*", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)
        .Replace("`", "\\`", StringComparison.Ordinal);
}
