using System.Globalization;
using System.Text;
using Ensemble.Load.Measuring;
using Ensemble.Load.Reports;

namespace Ensemble.Load.Cluster;

/// <summary>The Markdown page that <c>cluster</c> leaves behind.</summary>
internal static class ClusterReport
{
    public static string Write(ClusterOptions options, MachineFacts machine, ClusterMeasurements measured)
    {
        var page = new StringBuilder("# Load: the cluster against one node\n\n");
        if (options.Quick || options.Rounds < 5)
        {
            page.Append("**Too few rounds to be quoted: this shows that the benchmark works, and no more.**\n\n");
        }

        Line($"date: {TimeProvider.System.GetLocalNow():yyyy-MM-dd HH:mm}, commit {machine.Commit}");
        Line($"machine: {machine.Processor}, {machine.Cores} cores, {machine.MemoryGibibytes:0.0} GiB, {machine.System}, {machine.Runtime}");
        Line($"garbage collector: {machine.ProductGc}");
        Line($"command: `{Report.CommandLine()}`");
        page.Append('\n');
        foreach (var failure in measured.Failures)
        {
            page.Append("**FAILED:** ").Append(failure).Append("\n\n");
        }

        Report.AddAims(page, ClusterAims.Judge(measured));
        AddCells(page, "Latency in ms: whole answers, N = 3, stubs of 50 ms (a run takes 100 ms at least)", measured.Latency,
            [("p50", slot => slot.Latency.P50), ("p99", slot => slot.Latency.P99)]);
        AddCells(page, "Throughput: whole answers, N = 3, stubs of 0 ms", measured.Throughput,
            [("runs/s", slot => slot.RunsPerSecond), ("p50 ms", slot => slot.Latency.P50), ("p99 ms", slot => slot.Latency.P99)]);
        AddTokens(page, measured.Tokens);
        AddTraffic(page, measured.Traffic);
        AddProcessor(page, machine.Cores, measured);
        AddNotes(page, options);
        return page.ToString();

        void Line(string text) => page.Append("- ").Append(text).Append('\n');
    }

    private static void AddCells(StringBuilder page, string title, IReadOnlyList<SideResult> results, (string Name, Func<SlotFigures, double> Figure)[] figures)
    {
        var table = new MarkdownTable("figure", "callers", "side", "runs a slot", "one node", "cluster", "difference", "rounds from … to", "ratio");
        foreach (var (name, figure) in figures)
        {
            foreach (var (side, cell) in results.Where(result => result.Cell.Failure is null))
            {
                var both = cell.Compare(figure);
                table.Add(name, Report.Text(cell.Shape.Callers), side, Report.Text(cell.RunsPerSlot), Report.Number(both.Baseline), Report.Number(both.Product),
                    Report.Signed(both.Difference), $"{Report.Signed(both.Low)} … {Report.Signed(both.High)}", $"{both.Ratio:0.000}");
            }
        }

        Report.AddSection(page, title, table);
    }

    public static void AddTokens(StringBuilder page, IReadOnlyList<TokenCell> cells)
    {
        var table = new MarkdownTable("streams", "side", "answers", "token p50", "token p99", "first token p50", "first token p99", "request → first token p50", "p99");
        foreach (var cell in cells)
        {
            foreach (var side in cell.Sides)
            {
                table.Add(Report.Text(cell.Streams), side.Side, Report.Text(side.Answers), Report.Number(side.Token.P50), Report.Number(side.Token.P99),
                    Report.Number(side.First.P50), Report.Number(side.First.P99), Report.Number(side.FirstRead.P50), Report.Number(side.FirstRead.P99));
            }
        }

        Report.AddSection(page, $"Streams: ms from the stub that wrote a token to the caller that read it; {Names.TokenCount} tokens, one in {Names.TokenInterval} ms", table);
    }

    public static void AddTraffic(StringBuilder page, IReadOnlyList<TrafficFigures> all)
    {
        var table = new MarkdownTable(
            "answers", "side", "runs", "grain calls", "to gates", "Orleans' own", "all requests", "messages between processes",
            "KiB between processes", "stream pushes");
        var rest = new MarkdownTable("at rest, a second", "grain calls", "Orleans' own", "all requests", "messages between processes", "KiB between processes", "CPU ms of all nodes");
        foreach (var side in all)
        {
            table.Add(
                side.Streamed ? "streamed" : "whole", side.Side, Report.Text(side.Runs), Tenths(side.OfRun.GrainCalls),
                Tenths(side.OfRun.GateCalls), Tenths(side.OfRun.OwnCalls), Tenths(side.OfRun.Requests), Tenths(side.OfRun.Messages),
                Tenths(side.OfRun.Bytes / 1024), Tenths(side.OfRun.StreamPushes));
        }

        foreach (var side in all.DistinctBy(side => side.Side))
        {
            rest.Add(side.Side, Tenths(side.AtRest.GrainCalls), Tenths(side.AtRest.OwnCalls), Tenths(side.AtRest.Requests), Tenths(side.AtRest.Messages), Tenths(side.AtRest.Bytes / 1024),
                Tenths(side.RestProcessor));
        }

        Report.AddSection(page, "Calls and bytes of a run, beyond what the cluster does at rest", table);
        page.Append(rest).Append('\n');
        AddMethods(page, all);
    }

    private static void AddMethods(StringBuilder page, IReadOnlyList<TrafficFigures> all)
    {
        var table = new MarkdownTable(["calls of a run", .. all.Select(side => $"{(side.Streamed ? "streamed" : "whole")}, {side.Side}")]);
        foreach (var method in all.SelectMany(side => side.OfRun.Calls.Keys).Distinct().OrderByDescending(Max))
        {
            if (Max(method) >= 0.05)
            {
                table.Add([method, .. all.Select(side => Tenths(side.OfRun.Calls.GetValueOrDefault(method)))]);
            }
        }

        page.Append(table).Append('\n');

        double Max(string method) => all.Max(side => Math.Abs(side.OfRun.Calls.GetValueOrDefault(method)));
    }

    // The sum makes a zero of what was rounded to a negative one.
    private static string Tenths(double value) => $"{Math.Round(value, 1) + 0.0:0.0}";

    private static void AddProcessor(StringBuilder page, int cores, ClusterMeasurements measured)
    {
        var table = new MarkdownTable(["load", "side", .. Side.Parts, "all", "of the machine"]);
        foreach (var cells in measured.Latency.Concat(measured.Throughput).Where(result => result.Cell is { Failure: null, Rounds.Count: > 0 }).GroupBy(result => result.Cell.Shape))
        {
            var load = $"whole, {cells.Key.Latency} ms, {cells.Key.Callers} callers";
            Add(load, Fleet.OneNode, part => cells.First().Cell.Compare(slot => slot.Parts[part]).Baseline, cells.First().Cell.Compare(slot => slot.RunsPerSecond).Baseline);
            foreach (var (side, cell) in cells)
            {
                Add(load, side, part => cell.Compare(slot => slot.Parts[part]).Product, cell.Compare(slot => slot.RunsPerSecond).Product);
            }
        }

        foreach (var cell in measured.Tokens)
        {
            foreach (var side in cell.Sides)
            {
                Add($"streamed, {cell.Streams} at once", side.Side, part => side.Parts[part], perSecond: null);
            }
        }

        Report.AddSection(page, "Where the time goes: processor time in ms a run", table);

        void Add(string load, string side, Func<string, double> part, double? perSecond)
        {
            var all = Side.Parts.Sum(part);
            table.Add([load, side, .. Side.Parts.Select(name => Report.Number(part(name))), Report.Number(all),
                perSecond is { } rate ? $"{all * rate / cores / 10:0} %" : "–"]);
        }
    }

    private static void AddNotes(StringBuilder page, ClusterOptions options) => page.Append(CultureInfo.InvariantCulture, $"""
        ## How it was measured

        - All sides are up all the time on one machine, with the same stub, the same catalog, and usage written to a file: a node of role all;
          one silo and a frontend; two silos and two frontends, of which one gets streamed answers by its stream and the other pulls them. So a
          side is measured beside what the others do at rest.
        - A cell has {options.Rounds} rounds; each goes through the sides there and back. Columns are medians over slots, differences and ratios medians
          over rounds, against the one node.
        - Tokens bear the time at which the stub wrote them, on the clock that all processes share. Their percentiles are over all answers of a
          side. The aims take the difference to the one node, whose own delay is in the table.
        - Every answer is checked, and the stub must have counted N panel calls and one judge call a run; of a streamed answer each token must have
          come, once and in order.
        - Calls are counted by method where they are made, inside a process too: those of grains and of pushes of streams, and those between
          Orleans' own parts (directory, membership). *All requests* is another count of both: of what got an answer.
          Messages and bytes are those of Orleans between processes, at the sender, headers included. What rest has of each was subtracted
          for the time that the load took.
        - Under a light load the processor time of rest falls on few runs.
        - Throughput comes last: of thousands of runs a silo keeps their manifests, which are work for its garbage collector.
        - Processor time is that of the whole process over a slot, divided by its runs, in steps of 10 ms a slot. *frontend* is the whole product
          where it is one node; *PostgreSQL* serves both clusters.

        """);
}
