using System.Globalization;
using System.Text;
using Ensemble.Load.Reports;

namespace Ensemble.Load.Failures;

/// <summary>The Markdown page that <c>failures</c> leaves behind.</summary>
internal static class FailuresReport
{
    private const double RecoveryLimit = 10;
    private const double LongLimit = 35;
    private const double SlowerLimit = 2;
    private const int MinuteLimit = Cast.CappedRpm / 60;

    public static string Write(FailuresOptions options, MachineFacts machine, IReadOnlyList<CaseFigures> all, IReadOnlyList<string> failures)
    {
        var page = new StringBuilder("# Failures: what is lost when something dies in the cluster\n\n");
        if (options.Quick)
        {
            page.Append("**Too little load to be quoted: this shows that the benchmark works, and no more.**\n\n");
        }

        Line($"date: {TimeProvider.System.GetLocalNow():yyyy-MM-dd HH:mm}, commit {machine.Commit}");
        Line($"machine: {machine.Processor}, {machine.Cores} cores, {machine.MemoryGibibytes:0.0} GiB, {machine.System}, {machine.Runtime}");
        Line("cluster: 3 silos, 2 frontends (or 3 nodes of role all), PostgreSQL, each with the settings it has by itself and a Security:MasterKey, started anew for each case");
        Line($"load: {FailuresRun.Callers} callers in a closed loop over both frontends, half of the answers streamed; 3 members of {Cast.Latency.TotalMilliseconds} ms, a judge with {Cast.Tokens} tokens, one in {Cast.TokenInterval.TotalMilliseconds} ms");
        Line($"command: `dotnet run -c Release --project bench/Load -- failures{(options.Quick ? " --quick" : "")}{(options.Only.Count > 0 ? $" --only {string.Join(',', options.Only)}" : "")}`");
        page.Append('\n');
        foreach (var failure in failures)
        {
            page.Append("**FAILED:** ").Append(failure).Append("\n\n");
        }

        AddAims(page, all);
        AddFigures(page, all);
        AddTimes(page, all);
        foreach (var one in all)
        {
            AddCase(page, one);
        }

        AddNotes(page);
        return page.ToString();

        void Line(string text) => page.Append("- ").Append(text).Append('\n');
    }

    private static void AddAims(StringBuilder page, IReadOnlyList<CaseFigures> all)
    {
        var table = new MarkdownTable(
            "case", "nothing lost that had shown no byte", $"at most {MinuteLimit} calls above the limit of {Cast.CappedRpm} a minute", "no stored panel answer paid twice", "each call has a usage event", $"recovered within {RecoveryLimit:0} s");
        foreach (var one in all)
        {
            table.Add(
                one.Case.Name,
                Verdict(one.Lost == 0, $"{one.Lost} lost"),
                Verdict(one.OverMinute <= MinuteLimit, $"{one.OverMinute} above"),
                Verdict(one.StoredTwice == 0, $"{one.StoredTwice} twice"),
                Verdict(one.Usage.Missing == 0, $"{one.Usage.Missing} missing"),
                Verdict(one.Recovery <= RecoveryLimit, $"{one.Recovery:0.0} s"));
        }

        Report.AddSection(page, "Aims", table);
        foreach (var one in all.Where(one => one.Case.IsToBeUnnoticed))
        {
            page.Append(CultureInfo.InvariantCulture, $"The 95th percentile of answers is at most {SlowerLimit:0} times the usual one ({one.Case.Name}): ")
                .Append(Verdict(one.P95Meanwhile <= SlowerLimit * one.UsualP95, $"{one.P95Meanwhile:0.00} s, before {one.UsualP95:0.00} s")).Append("\n\n");
        }

        foreach (var one in all.Where(one => one.LongEnds.Count > 0))
        {
            page.Append(CultureInfo.InvariantCulture, $"Calls for the callers of a dead frontend end within {LongLimit:0} s ({one.Case.Name}): ")
                .Append(Verdict(one.LongEnds.Max() <= LongLimit, string.Join(", ", one.LongEnds.Select(end => $"{end:0.0} s")))).Append("\n\n");
        }
    }

    private static void AddFigures(StringBuilder page, IReadOnlyList<CaseFigures> all)
    {
        var table = new MarkdownTable(
            "case", "requests", "lost", "broken", "refused", "with the victim", "panel calls paid twice", "judge calls paid twice", "most in a minute", "most at once", "upstream calls", "without usage event", "`lost` events", "events too many");
        foreach (var one in all)
        {
            table.Add(
                one.Case.Name, Report.Text(one.Sent), Report.Text(one.Lost), Report.Text(one.Broken), one.Case.MayRefuse ? Report.Text(one.Refused) : "–", one.Case.LosesVictimsRequests ? Report.Text(one.WithVictim) : "–",
                Report.Text(one.PanelTwice), Report.Text(one.JudgeTwice), $"{one.MostInMinute} of {Cast.CappedRpm}", $"{one.MostAtOnce} of {Cast.CappedConcurrency}",
                Report.Text(one.Usage.Calls), Report.Text(one.Usage.Missing), Report.Text(one.Usage.Lost), Report.Text(one.Usage.TooMany));
        }

        Report.AddSection(page, "Figures", table);
    }

    private static void AddTimes(StringBuilder page, IReadOnlyList<CaseFigures> all)
    {
        var table = new MarkdownTable("case", "over after", "usual at most", "requests disturbed", "first ended", "last ended", "recovery", "p95 before", "p95 until it was over");
        foreach (var one in all)
        {
            table.Add(
                one.Case.Name, $"{one.Repaired:0.0} s", $"{one.UsualSeconds:0.0} s", Report.Text(one.Disturbed), Time(one.FirstDisturbed), Time(one.LastDisturbed),
                $"{one.Recovery:0.0} s{(one.Case.IsRepaired ? " after the end" : "")}", P95(one.UsualP95), P95(one.P95Meanwhile));
        }

        Report.AddSection(page, "Times, from when it happened", table);

        static string P95(double? seconds) => seconds is { } time ? $"{time:0.00} s" : "–";

        static string Time(double? seconds) => seconds is { } time ? $"{time:0.0} s" : "–";
    }

    private static void AddCase(StringBuilder page, CaseFigures one)
    {
        page.Append("## ").Append(one.Case.Name).Append(": ").Append(one.Case.Title).Append("\n\n");
        if (one.Phases.Count > 0)
        {
            var table = new MarkdownTable("runs in that silo were", "answer", "in flight", "answered", "lost", "broken", "last ended after");
            foreach (var phase in one.Phases)
            {
                table.Add(
                    phase.Phase, phase.Streamed ? "streamed" : "whole", Report.Text(phase.InFlight), Report.Text(phase.Answered), Report.Text(phase.Lost), Report.Text(phase.Broken), $"{phase.Slowest:0.0} s");
            }

            page.Append(table).Append('\n');
        }

        foreach (var note in one.Notes)
        {
            page.Append("- ").Append(note).Append('\n');
        }

        page.Append(one.Notes.Count > 0 ? "\n" : "");
        AddList(page, "Requests that failed", one.Errors);
        AddList(page, "Warnings and errors of nodes", one.Warnings);
    }

    private static void AddList(StringBuilder page, string title, IReadOnlyList<(string Text, int Count)> entries)
    {
        const int MaxListed = 12;
        page.Append(title).Append(entries.Count == 0 ? ": none.\n\n" : ":\n\n");
        foreach (var (text, count) in entries.Take(MaxListed))
        {
            page.Append(CultureInfo.InvariantCulture, $"- {count} × {text}\n");
        }

        if (entries.Count > 0)
        {
            page.Append(entries.Count > MaxListed ? $"- and {entries.Count - MaxListed} other kinds\n\n" : "\n");
        }
    }

    private static string Verdict(bool met, string seen) => met ? $"met ({seen})" : $"**not met** ({seen})";

    private static void AddNotes(StringBuilder page) => page.Append(CultureInfo.InvariantCulture, $"""
        ## How it was measured

        - Callers use OpenAI's .NET SDK without retries. Each asks again when its answer has ended, {250} ms later where it failed; before each request
          the frontend's /readyz is asked, and one that is not ready gets none.
        - *lost*: failed, or was not answered in 90 s, with no byte of the answer shown. *broken*: failed after a part was shown. An answer whose text is
          not the judge's, to the letter, has failed too.
        - *paid twice*: calls beyond the first that the stub got for one request and model. A *stored* panel answer is one that had ended {0.5} s before the event.
        - *refused*: answered 503 `overloaded` in the case whose nodes have little memory; in the others that counts as lost.
        - *most in a minute* and *most at once* are those of `{Cast.Capped}`, as the stub saw its calls arrive and end; `{Cast.Hot}` has a limit that never refuses.
        - *without usage event*: calls of a run and model that no event of that run accounts for, {48} s after the event or later. *events too many* account for
          calls that the stub never got, or account for one twice.
        - *disturbed*: failed, called upstream twice, or took over 1.5 times the 95th percentile of the last seconds before. *Recovery* is when the last of them ended.
        - In the two cases of the link the frontends run in a network namespace of their own, out of which they reach silos only through relays in
          this process. A cut link holds what is sent, and passes it on afterwards; silos reach each other all the time.
        - All parts share one machine.

        """);
}
