using System.Globalization;
using System.Text;
using Ensemble.Load.Reports;

namespace Ensemble.Load.Panel;

/// <summary>Writes the figures as Markdown.</summary>
internal static class PanelReport
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    public static string Write(IReadOnlyList<PanelScore> scores, RecordedPanel recorded, MachineFacts machine)
    {
        var figures = new MarkdownTable("asked", "right", "95 % interval", "right by label", "calls a question", $"{PanelSubject.Strongest} asked", "failed");
        foreach (var score in scores)
        {
            var (low, high) = score.Interval;
            figures.Add(
                score.Subject.Alias,
                Percent(score.Accuracy),
                $"{Percent(low)} … {Percent(high)}",
                Percent((double)score.Labelled / score.Questions),
                score.CallsPerQuestion.ToString("0.00", Culture),
                Percent(score.Strongest),
                score.Failed.ToString(Culture));
        }

        var calls = new MarkdownTable(["calls by model", .. recorded.Models]);
        foreach (var score in scores.Where(score => score.Subject.Ensemble is not null))
        {
            calls.Add([score.Subject.Alias, .. recorded.Models.Select(model => score.Calls.GetValueOrDefault(model).ToString("N0", Culture))]);
        }

        return new StringBuilder()
            .Append("# Panel: recorded answers, one question at a time\n\n")
            .Append(Culture, $"- date: {TimeProvider.System.GetLocalNow():yyyy-MM-dd HH:mm}, commit {machine.Commit}\n")
            .Append("- command: `dotnet run -c Release --project bench/Load -- panel`\n")
            .Append(Culture, $"- questions: {recorded.Questions.Count:N0} of the GSM8K test set, with the recorded answers of {recorded.Models.Count} models\n\n")
            .Append(figures)
            .Append(scores.Any(score => score.Subject.Ensemble is not null) ? $"\n{calls}" : "")
            .Append('\n')
            .AppendJoin('\n', scores.Where(score => score.Subject.Ensemble is not null).Select(Summary))
            .Append("""


                *Right* is an answer whose number, found as the product finds it for a vote, is the reference. *Right by label* counts the answers that
                repeat a recorded one which the recording calls right; its own extraction has missed some. The interval is Wilson's. A run that failed
                counts as wrong. The answers are recorded: what is measured is what a strategy makes of them, and how many of them it pays for.

                """)
            .ToString();
    }

    private static string Summary(PanelScore score)
    {
        var (low, high) = score.Interval;
        var saved = score.Subject.Panel.Contains(PanelSubject.Strongest)
            ? $"{PanelSubject.Strongest} asked for {Percent(score.Strongest)} of the questions, {Percent(1 - score.Strongest)} of its calls saved"
            : $"{PanelSubject.Strongest} not in the panel";
        return $"- **{score.Subject.Alias}**: {Percent(score.Accuracy)} right ({Percent(low)} … {Percent(high)}), "
            + $"{score.CallsPerQuestion.ToString("0.00", Culture)} calls a question, {saved}";
    }

    private static string Percent(double share) => $"{(share * 100).ToString("0.0", Culture)} %";
}
