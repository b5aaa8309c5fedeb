using System.Net;
using System.Text;
using Ensemble.Evaluation.Analysis;

namespace Ensemble.Evaluation.Reports;

/// <summary>Writes the report as one page that asks for nothing else: style and drawings are in it.</summary>
internal static class HtmlReport
{
    private const int MaxLost = 25;

    public static string Write(EvaluationReport report)
    {
        var page = new StringBuilder("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
            .Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Evaluation: ")
            .Append(Text(report.Headline))
            .Append("</title>\n<style>\n").Append(Style()).Append("</style>\n</head>\n<body>\n<main>\n<h1>Is the ensemble worth it?</h1>\n")
            .Append($"<p class=\"headline\">{Text(report.Headline)}</p>\n")
            .Append($"<p class=\"facts\">{report.Questions:N0} questions of {Text(report.Data)} · grader {Text(report.Grader)} "
            + $"· seed {report.Seed} · ")
            .Append($"best single model: {Text(report.BestSingle)}</p>\n");
        Subjects(page, report);
        foreach (var panel in report.Panels)
        {
            Panel(page, panel);
        }

        Lost(page, report);
        page.Append("<footer><ul>\n");
        foreach (var note in report.Notes)
        {
            page.Append($"<li>{Text(note)}</li>\n");
        }

        return page.Append("</ul></footer>\n</main>\n</body>\n</html>\n").ToString();
    }

    private static void Subjects(StringBuilder page, EvaluationReport report)
    {
        page.Append("<section>\n<h2>Quality against cost</h2>\n<p class=\"soft\">Share of right answers with its interval of 95 %. ")
            .Append("The dashed line is the best single model.</p>\n")
            .Append("<div class=\"legend\"><span>single model</span>"
            + "<span class=\"self\">one model, voted with itself</span><span class=\"ensemble\">ensemble</span></div>\n")
            .Append($"<figure>{CostChart.Draw(report)}</figure>\n");
        var compared = report.Subjects.Where(static subject => subject.Comparison is not null).ToList();
        if (compared.Count > 0)
        {
            page.Append("<ul class=\"verdicts\">\n");
            foreach (var subject in compared)
            {
                page.Append($"<li class=\"{CssOf(subject.Comparison!.Verdict)}\"><strong>{Text(subject.Name)}</strong>: "
                    + $"{Text(subject.Comparison.Sentence)}</li>\n");
            }

            page.Append("</ul>\n");
        }

        Table(page, "Accuracy, cost and time", ReportRows.SubjectColumns, report.Subjects.Select(ReportRows.Of), "",
            row => row[0] == report.BestSingle ? " class=\"best\"" : "");
        if (compared.Count > 0)
        {
            page.Append("<h3>Against the best single model</h3>\n");
            Table(page, "Paired over questions", ReportRows.ComparisonColumns, ReportRows.Comparisons(report));
        }

        page.Append("</section>\n");
    }

    private static void Panel(StringBuilder page, PanelReport panel)
    {
        page.Append($"<section>\n<h2>The panel of {Text(panel.Name)}</h2>\n");
        foreach (var sentence in ReportRows.Sentences(panel))
        {
            page.Append($"<p>{Text(sentence)}</p>\n");
        }

        page.Append("<h3>What each member is worth</h3>\n<p class=\"soft\">Accuracy of a vote without the member minus with it.</p>\n")
            .Append($"<figure>{MemberChart.Draw(panel)}</figure>\n");
        Table(page, "Members", ReportRows.MemberColumns, panel.Values.Select(ReportRows.Of));
        page.Append("<h3>Who errs together</h3>\n")
            .Append("<p class=\"soft\">Correlation of errors: 0 = independent, 1 = always on the same questions.</p>\n")
            .Append($"<figure>{CorrelationChart.Draw(panel)}</figure>\n");
        Table(page, "Pairs", ReportRows.PairColumns, panel.Pairs.Select(pair => ReportRows.Of(panel, pair)));
        page.Append("</section>\n");
    }

    private static void Lost(StringBuilder page, EvaluationReport report)
    {
        var losing = report.Subjects.Where(static subject => subject.Lost.Count > 0).ToList();
        if (losing.Count == 0)
        {
            return;
        }

        page.Append("<section>\n<h2>Questions lost against the best member</h2>\n");
        foreach (var subject in losing)
        {
            page.Append($"<details><summary>{Text(subject.Name)}: {subject.Lost.Count:N0} that "
                + $"{Text(subject.BestMember!)} has right</summary>\n");
            Table(
                page, subject.Lost.Count > MaxLost ? $"The first {MaxLost}; report.json has all" : "All of them",
                ["question", "right answer", subject.BestMember!, subject.Name],
                subject.Lost.Take(MaxLost).Select(static lost => ReportRows.Of(lost, 300)),
                "words");
            page.Append("</details>\n");
        }

        page.Append("</section>\n");
    }

    private static void Table(
        StringBuilder page, string caption, IEnumerable<string> columns, IEnumerable<string[]> rows, string css = "",
        Func<string[], string>? attributes = null)
    {
        page.Append($"<div class=\"scroll\" tabindex=\"0\"><table{(css.Length == 0 ? "" : $" class=\"{css}\"")}>\n")
            .Append($"<caption>{Text(caption)}</caption>\n<thead><tr>")
            .AppendJoin("", columns.Select(static column => $"<th scope=\"col\">{Text(column)}</th>")).Append("</tr></thead>\n<tbody>\n");
        foreach (var row in rows)
        {
            page.Append($"<tr{attributes?.Invoke(row)}>")
                .AppendJoin("", row.Select(static cell => $"<td>{Text(cell)}</td>")).Append("</tr>\n");
        }

        page.Append("</tbody>\n</table></div>\n");
    }

    private static string CssOf(Verdict verdict) => verdict switch
    {
        Verdict.UseIt => "use-it",
        Verdict.DoNotFuse => "do-not-fuse",
        _ => "too-few",
    };

    private static string Style()
    {
        using var reader = new StreamReader(typeof(HtmlReport).Assembly.GetManifestResourceStream("report.css")!);
        return reader.ReadToEnd();
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
