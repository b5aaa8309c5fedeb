using System.Globalization;
using System.Text;
using Ensemble.Load.Measuring;
using Ensemble.Load.Reports;

namespace Ensemble.Load.Ledger;

/// <summary>Writes what was measured of the ledger.</summary>
internal static class LedgerReport
{
    public static string Write(IReadOnlyList<PacedFigures> paced, IReadOnlyList<KillFigures> kills, LedgerOptions options, MachineFacts machine)
    {
        var page = new StringBuilder("# Ledger: usage events a second, and what a kill loses\n\n");
        if (options.Quick)
        {
            page.Append("**Too short to be quoted: this shows that the benchmark works, and no more.**\n\n");
        }

        page.Append(CultureInfo.InvariantCulture, $"- date: {TimeProvider.System.GetLocalNow():yyyy-MM-dd HH:mm}, commit {machine.Commit}\n");
        page.Append(CultureInfo.InvariantCulture, $"- machine: {machine.Processor}, {machine.Cores} cores, {machine.MemoryGibibytes:0.0} GiB, {machine.System}, {machine.Runtime}\n");
        page.Append("- command: `dotnet run -c Release --project bench/Load -- ledger`\n\n");
        AddPaced(page, paced, options);
        if (kills.Count > 0)
        {
            AddKills(page, kills);
        }

        return page.ToString();
    }

    public static void AddPaced(StringBuilder page, IReadOnlyList<PacedFigures> paced, LedgerOptions options)
    {
        var table = new MarkdownTable(
            "database", "sub-calls/s wanted", "produced", "sub-calls", "stored", "runs", "stored", "dropped", "queue at most", "longest lag", "drained after", "producer and ledger", "server", "nothing lost");
        foreach (var cell in paced)
        {
            table.Add(
                cell.Database, Whole(cell.Rate), Whole(cell.PerSecond), Whole(cell.SubCalls), Whole(cell.StoredSubCalls), Whole(cell.Runs), Whole(cell.StoredRuns),
                Whole(cell.Dropped), $"{cell.PeakQueue / 1048576.0:0.0} MiB", Milliseconds(cell.LongestLag), Milliseconds(cell.Draining),
                Cores(cell.Processor, cell), Cores(cell.Server, cell), cell.IsWhole ? "met" : "**not met**");
        }

        Report.AddSection(page, "A steady pace", table);
        page.Append(CultureInfo.InvariantCulture, $"""
            {options.Duration.TotalSeconds:0} s of sub-calls at the wanted pace, and after each fourth the run they belong to, with its manifest, into the product's ledger and storage. The producer
            runs in the same process, on a thread that wakes up every millisecond and hands over what is due; *lag* is how late it was. PostgreSQL runs on the same machine with its
            usual settings (a commit is on disk). *Stored* is counted in the database after nothing waited any more.


            """);
    }

    private static void AddKills(StringBuilder page, IReadOnlyList<KillFigures> kills)
    {
        var table = new MarkdownTable("Usage:Durability", "kills", "answers", "of these in no account", "most in one kill", "oldest of these, before the kill", "an answer, p50");
        foreach (var group in kills.GroupBy(kill => kill.Durability))
        {
            table.Add(
                group.Key, Whole(group.Count()), Whole(group.Sum(kill => kill.Answers)), Whole(group.Sum(kill => kill.Lost)), Whole(group.Max(kill => kill.Lost)),
                Milliseconds(group.Max(kill => kill.Oldest)), $"{Statistics.Median(group.Select(kill => kill.Latency.TotalMilliseconds)):0.0} ms");
        }

        Report.AddSection(page, "kill -9", table);
        page.Append("""
            The product with SQLite under 16 callers that ask an ensemble of three members and a judge, of 50 ms each, without a pause; after 3 s it is killed. An answer counts once
            its last byte was read; it is in no account where its run is not in the database afterwards.

            """);
    }

    private static string Cores(TimeSpan time, PacedFigures cell) => $"{time / (cell.Producing + cell.Draining):0.00} cores";

    private static string Whole(double number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Milliseconds(TimeSpan time) => $"{time.TotalMilliseconds:0} ms";
}
