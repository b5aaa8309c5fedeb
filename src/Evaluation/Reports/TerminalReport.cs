using Ensemble.Evaluation.Analysis;
using Ensemble.Evaluation.Running;
using Spectre.Console;

namespace Ensemble.Evaluation.Reports;

/// <summary>Shows the report in a terminal.</summary>
internal static class TerminalReport
{
    private const int BarWidth = 20;

    // What fits into a line; the written reports have all.
    private static readonly int[] Columns = [1, 2, 3, 5];

    public static void Write(EvaluationReport report, IAnsiConsole console)
    {
        console.WriteLine();
        console.Write(Subjects(report));
        console.MarkupLine("[grey]* best single model[/]");
        foreach (var subject in report.Subjects.Where(static subject => subject.Comparison is not null))
        {
            var (name, sentence) = (Markup.Escape(subject.Name), Markup.Escape(subject.Comparison!.Sentence));
            console.MarkupLine($"[bold]{name}[/]: [{ColourOf(subject.Comparison.Verdict)}]{sentence}[/]");
        }

        foreach (var panel in report.Panels)
        {
            console.WriteLine();
            console.MarkupLine($"[bold]The panel of {Markup.Escape(panel.Name)}[/]");
            foreach (var sentence in ReportRows.Sentences(panel))
            {
                console.WriteLine(sentence);
            }

            console.Write(Members(panel));
        }

        console.WriteLine();
        foreach (var note in report.Notes)
        {
            console.MarkupLine($"[grey]{Markup.Escape(note)}[/]");
        }
    }

    private static Table Subjects(EvaluationReport report)
    {
        var table = new Table().Border(TableBorder.Rounded).Title($"{report.Questions:N0} questions of {Markup.Escape(report.Data)}");
        table.AddColumn(new TableColumn("asked").NoWrap());
        table.AddColumn(new TableColumn("").NoWrap());
        foreach (var column in Columns)
        {
            table.AddColumn(new TableColumn(ReportRows.SubjectColumns[column]).NoWrap().RightAligned());
        }

        foreach (var subject in report.Subjects)
        {
            var cells = ReportRows.Of(subject);
            table.AddRow([
                Markup.Escape(subject.Name == report.BestSingle ? $"{subject.Name} *" : subject.Name),
                Bar(subject),
                .. Columns.Select(column => Markup.Escape(cells[column]))]);
        }

        return table;
    }

    private static Table Members(PanelReport panel)
    {
        var table = new Table().Border(TableBorder.Rounded);
        foreach (var column in ReportRows.MemberColumns)
        {
            table.AddColumn(new TableColumn(column).NoWrap());
        }

        foreach (var member in panel.Values)
        {
            table.AddRow([.. ReportRows.Of(member).Select(Markup.Escape)]);
        }

        return table;
    }

    private static string Bar(SubjectReport subject)
    {
        var filled = (int)Math.Round(subject.Accuracy.Value * BarWidth);
        var colour = subject.Kind == SubjectKind.Ensemble ? "blue" : subject.Kind == SubjectKind.Self ? "yellow" : "grey";
        return $"[{colour}]{new string('█', filled)}[/][grey]{new string('░', BarWidth - filled)}[/]";
    }

    private static string ColourOf(Verdict verdict) => verdict switch
    {
        Verdict.UseIt => "green",
        Verdict.DoNotFuse => "red",
        _ => "yellow",
    };
}
