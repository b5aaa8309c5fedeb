using System.Globalization;
using System.Text;
using Ensemble.Load.Reports;

namespace Ensemble.Load.Cluster;

/// <summary>The Markdown page that <c>stream</c> leaves behind.</summary>
internal static class StreamReport
{
    public static string Write(ClusterOptions options, MachineFacts machine, StreamMeasurements measured)
    {
        var page = new StringBuilder("# Load: streamed answers to frontends of their own, pushed and pulled\n\n");
        if (options.Quick || options.Rounds < 5)
        {
            page.Append("**Too few rounds to be quoted: this shows that the benchmark works, and no more.**\n\n");
        }

        Line($"date: {TimeProvider.System.GetLocalNow():yyyy-MM-dd HH:mm}, commit {machine.Commit}");
        Line($"machine: {machine.Processor}, {machine.Cores} cores, {machine.MemoryGibibytes:0.0} GiB, {machine.System}");
        Line($"runtime: {machine.Runtime}, garbage collector {machine.ProductGc}");
        Line($"command: `{Report.CommandLine()}`");
        page.Append('\n');
        foreach (var failure in measured.Tokens.Select(cell => cell.Failure).OfType<string>())
        {
            page.Append("**FAILED:** ").Append(failure).Append("\n\n");
        }

        Report.AddAims(page, Aims.OfStreams(measured.Tokens, measured.AtRest));
        ClusterReport.AddTokens(page, measured.Tokens);
        AddProcessor(page, measured.Tokens);
        ClusterReport.AddTraffic(page, measured.Traffic);
        AddRest(page, measured.AtRest);
        AddNotes(page, options);
        return page.ToString();

        void Line(string text) => page.Append("- ").Append(text).Append('\n');
    }

    private static void AddProcessor(StringBuilder page, IReadOnlyList<TokenCell> cells)
    {
        var table = new MarkdownTable(["streams", "side", .. Side.Parts, "all"]);
        foreach (var (cell, side) in cells.SelectMany(cell => cell.Sides.Select(side => (cell, side))))
        {
            var parts = Side.Parts.Select(part => Report.Number(side.Parts[part]));
            table.Add([Report.Text(cell.Streams), side.Side, .. parts, Report.Number(side.Parts.Values.Sum())]);
        }

        Report.AddSection(page, "Processor time of an answer in ms, what the processes do at rest included", table);
    }

    private static void AddRest(StringBuilder page, IReadOnlyList<double> silos)
    {
        var table = new MarkdownTable("silo at rest", "of a core");
        for (var silo = 0; silo < silos.Count; silo++)
        {
            table.Add(Report.Text(silo + 1), $"{silos[silo] * 100:0.0} %");
        }

        page.Append(table).Append('\n');
    }

    private static void AddNotes(StringBuilder page, ClusterOptions options) => page.Append(CultureInfo.InvariantCulture, $"""
        ## How it was measured

        - Two silos and two frontends over one PostgreSQL, each a process, on one machine with stub and callers: one frontend is pushed its
          answers on its stream, the other pulls them. Both are up all the time.
        - Answers come from an ensemble of {Names.TokenPanel} members that answer at once, and a judge that writes {Names.TokenCount}
          tokens, one in {Names.TokenInterval} ms.
        - A cell has {options.Rounds} rounds, which go through the sides there and back. Percentiles are over all tokens of a side.
        - Tokens bear the time at which the stub wrote them, on the clock that all processes share; the caller reads them at the frontend's
          socket. Each must have come, once and in order.
        - Rest is the processor time of each silo, with both frontends connected and no caller, after as long a pause. Nothing counts
          Orleans' calls meanwhile.

        """);
}
