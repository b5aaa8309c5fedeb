using System.Diagnostics;
using System.Globalization;
using System.Text;
using Ensemble.Load.Cluster;
using Ensemble.Load.Ledger;
using Ensemble.Load.Measuring;
using Ensemble.Load.Processes;
using Ensemble.Load.Proxies;
using Ensemble.Load.Soak;

namespace Ensemble.Load.Reports;

/// <summary>The Markdown page that a run leaves behind.</summary>
internal static class Report
{
    /// <param name="assemblies">Of the product, all that were measured.</param>
    public static string Write(
        RunOptions options, MachineFacts machine, IReadOnlyList<string> assemblies, Measurements measured, IReadOnlyList<Aim> aims)
    {
        var page = new StringBuilder();
        AddHead(page, options, machine, assemblies);
        if (aims.Count > 0)
        {
            AddAims(page, aims);
        }

        foreach (var failure in measured.Failures)
        {
            page.Append("**FAILED:** ").Append(failure).Append("\n\n");
        }

        foreach (var skipped in measured.Skipped)
        {
            page.Append("**Not measured:** ").Append(skipped).Append(".\n\n");
        }

        AddLatency(page, measured.Latency);
        AddThroughput(page, measured.Throughput);
        AddStream(page, measured.Stream);
        AddDirect(page, measured.Direct);
        AddCalls(page, measured.Calls);
        AddTiers(page, measured);
        AddMemory(page, measured.Memory);
        AddLoadCost(page, measured.LoadCost);
        if (measured.Ledger.Count > 0)
        {
            LedgerReport.AddPaced(page, measured.Ledger, options.Ledgers);
        }

        foreach (var soak in measured.Soaks)
        {
            SoakReport.Add(page, soak);
        }

        AddNotes(page, options);
        return page.ToString();
    }

    private static void AddHead(StringBuilder page, RunOptions options, MachineFacts machine, IReadOnlyList<string> assemblies)
    {
        page.Append(
            options.SelfCheck ? "# Load: the baseline against itself\n\n"
            : options.Against is { } other ? $"# Load: the product against another build of it\n\nThe baseline is {Version(other)}.\n\n"
            : options.Report == "aims" ? "# Load: the product against its aims\n\n"
            : options.Report == "soak" ? "# Load: the product under saturation for minutes\n\n"
            : "# Load: the product against a hand-written baseline\n\n");
        if (options.IsBrief)
        {
            page.Append("**Too few or too short measurements to be quoted: this shows that the benchmark works, and no more.**\n\n");
        }

        Line($"date: {TimeProvider.System.GetLocalNow():yyyy-MM-dd HH:mm}, commit {machine.Commit}");
        Line($"machine: {machine.Processor}, {machine.Cores} cores, {machine.MemoryGibibytes:0.0} GiB, {machine.System}, {machine.Runtime}");
        var collector = options.Against is { } build ? LaunchPlan.DescribeRuntime(build) : "System.GC.Server: true";
        Line($"baseline: garbage collector {collector}");
        foreach (var assembly in assemblies)
        {
            Line($"{Path.GetFileName(assembly)}: {Version(assembly)}, garbage collector {LaunchPlan.DescribeRuntime(assembly)}");
        }

        Line($"command: `{CommandLine()}`");
        page.Append('\n');

        void Line(string text) => page.Append("- ").Append(text).Append('\n');
    }

    public static void AddAims(StringBuilder page, IReadOnlyList<Aim> aims)
    {
        var table = new MarkdownTable("aim (N = 3)", "measured", "");
        foreach (var aim in aims)
        {
            table.Add(aim.Text, aim.Measured, aim.Met switch { true => "met", false => "**not met**", null => "–" });
        }

        AddSection(page, "Aims", table);
    }

    private static string? Version(string assembly) => FileVersionInfo.GetVersionInfo(assembly).ProductVersion;

    /// <summary>How this process was started. A page is read on other machines, where a path of this one says nothing.</summary>
    public static string CommandLine() =>
        $"dotnet run -c Release --project bench/Load -- {string.Join(' ', Environment.GetCommandLineArgs().Skip(1).Select(ShownArgument))}";

    private static string ShownArgument(string argument) => Path.IsPathRooted(argument) ? $"…/{Path.GetFileName(argument)}" : argument;

    private static void AddLatency(StringBuilder page, IReadOnlyList<SideResult> results)
    {
        AddCells(page, "Latency in ms: whole answers, stubs of 50 ms (a run takes 100 ms at least)", results, ["p50", "p99"],
            [slot => slot.Latency.P50, slot => slot.Latency.P99]);
    }

    private static void AddThroughput(StringBuilder page, IReadOnlyList<SideResult> results)
    {
        AddCells(
            page, "Throughput: whole answers, stubs of 0 ms", results,
            ["runs/s", "p50 ms", "p99 ms", "gateway CPU ms a run", "load CPU ms a run"],
            [slot => slot.RunsPerSecond, slot => slot.Latency.P50, slot => slot.Latency.P99, slot => slot.Processor, slot => slot.Load]);
    }

    private static void AddStream(StringBuilder page, IReadOnlyList<SideResult> results)
    {
        AddCells(
            page,
            "Streams in ms: stubs of 50 ms; after the panel closed, the judge's own 50 ms included",
            results,
            ["panel closed → first byte p50", "panel closed → first byte p99", "panel closed → judge asked p50", "panel closed → judge asked p99",
                "request → first byte p50", "whole stream p50", "whole stream p99"],
            [slot => slot.PanelToContent.P50, slot => slot.PanelToContent.P99, slot => slot.PanelToJudge.P50, slot => slot.PanelToJudge.P99,
                slot => slot.FirstContent.P50, slot => slot.Latency.P50, slot => slot.Latency.P99]);
    }

    private static void AddDirect(StringBuilder page, IReadOnlyList<SideResult> results)
    {
        AddCells(
            page, $"A single model called directly: whole answers, stubs of 0 ms, against {YarpProxy.Name}", results,
            ["requests/s", "p50 ms", "p99 ms", "gateway CPU ms a request"],
            [slot => slot.RunsPerSecond, slot => slot.Latency.P50, slot => slot.Latency.P99, slot => slot.Processor], YarpProxy.Name);
    }

    private static void AddLoadCost(StringBuilder page, IReadOnlyList<SideResult> results)
    {
        AddCells(
            page, "What the load takes: the baseline, stubs of 0 ms, asked by .NET's HTTP client instead of the raw load", results,
            ["load CPU ms a run", "gateway CPU ms a run", "runs/s", "p50 ms", "p99 ms"],
            [slot => slot.Load, slot => slot.Processor, slot => slot.RunsPerSecond, slot => slot.Latency.P50, slot => slot.Latency.P99],
            "raw");
    }

    private static void AddCalls(StringBuilder page, IReadOnlyList<TrafficFigures> calls)
    {
        if (calls.Count > 0)
        {
            ClusterReport.AddTraffic(page, calls);
        }
    }

    private static void AddTiers(StringBuilder page, Measurements measured)
    {
        if (measured.Tiers is not { } tiers)
        {
            return;
        }

        var table = new MarkdownTable("nodes", "runs/s", "CPU ms a run of all nodes");
        var saturated = measured.Throughput.Where(result => result.Cell is { Failure: null, Shape: { Panel: 3, Callers: 64 } });
        foreach (var (side, cell) in saturated)
        {
            table.Add(side, Text(cell.Compare(slot => slot.RunsPerSecond).Product), Number(cell.Compare(slot => slot.Processor).Product));
        }

        var (rate, processor) = (Statistics.Median(tiers.RunsPerSecond), Statistics.Median(tiers.Processor));
        table.Add("two silos, two frontends, PostgreSQL", Text(rate), Number(processor));
        AddSection(page, "Two silos and two frontends beside one node: whole answers, N = 3, 64 callers, stubs of 0 ms", table);
        page.Append("A silo at rest takes ")
            .AppendJoin(" and ", tiers.AtRest.Select(share => $"{share * 100:0.0} %"))
            .Append(" of a core.\n\n");
        ClusterReport.AddTokens(page, tiers.Tokens);
    }

    private static void AddCells(
        StringBuilder page, string title, IReadOnlyList<SideResult> results, string[] names, Func<SlotFigures, double>[] figures,
        string reference = "baseline")
    {
        if (results.Count == 0)
        {
            return;
        }

        var table = new MarkdownTable(
            "figure", "N", "callers", "side", "runs a slot", reference, "side's", "difference", "rounds from … to", "ratio");
        var whole = results.Where(result => result.Cell.Failure is null)
            .OrderBy(result => result.Cell.Shape.Panel)
            .ThenBy(result => result.Cell.Shape.Callers)
            .ToArray();
        foreach (var (name, figure) in names.Zip(figures))
        {
            foreach (var (side, cell) in whole)
            {
                var both = cell.Compare(figure);
                table.Add(
                    name, cell.Shape.Panel == 0 ? "–" : Text(cell.Shape.Panel), Text(cell.Shape.Callers), side, Text(cell.RunsPerSlot),
                    Number(both.Baseline), Number(both.Product), Signed(both.Difference),
                    $"{Signed(both.Low)} … {Signed(both.High)}", $"{both.Ratio:0.000}");
            }
        }

        AddSection(page, title, table);
        foreach (var (side, cell) in results.Where(result => result.Cell.Failure is not null))
        {
            page.Append(
                CultureInfo.InvariantCulture,
                $"**FAILED: {side}, N = {cell.Shape.Panel}, {cell.Shape.Callers} callers:** {cell.Failure}\n\n");
        }
    }

    private static void AddMemory(StringBuilder page, IReadOnlyList<SideMemory> memory)
    {
        if (memory.Count == 0)
        {
            return;
        }

        var table = new MarkdownTable("side", "start", "idle MiB", "peak MiB", "KiB a run");
        foreach (var side in memory)
        {
            foreach (var (number, figure) in side.Starts.Index())
            {
                table.Add(side.Side, Text(number + 1), Mebibytes(figure.Idle), Mebibytes(figure.Peak), $"{figure.PerRun:0.0}");
            }

            table.Add(side.Side, "median", "", "", $"{side.PerRun:0.0}");
        }

        AddSection(page, $"Memory of a run in flight: (peak − idle) / {MemoryMeter.Runs}, N = {MemoryMeter.Panel}, streamed, stubs of 3 s", table);
    }

    private static void AddNotes(StringBuilder page, RunOptions options) => page.Append(CultureInfo.InvariantCulture, $"""
        ## How it was measured

        - One side after the other is measured beside the same baseline. In each slot only the gateway under load runs, the other one is
          stopped (SIGSTOP): what a gateway still has to do after its load, such as writing usage, takes time from its own slots and not
          from the baseline's.
        - Load, stub and gateway share one machine: under saturation they compete for its cores, so a ratio of runs a second is milder
          than that of the gateways' own work, which the CPU time a run shows.
        - Each cell has {options.Rounds} rounds of baseline, side, side, baseline, after a discarded slot of each. A figure is taken from
          all samples of a slot; columns are medians over slots, difference and ratio medians over the rounds of their means.
        - A p99 of fewer than 100 runs a slot is the slowest of them.
        - Closed loop: each caller asks again when its answer has ended; callers start spread over the time that a run takes.
        - Every answer is checked for the judge's words and its proper end, and the stub must have counted N panel calls and one judge call
          a run; one exception fails the cell.
        - "Panel closed" is when the stub begins to send the last member's answer.
        - Each side answers {options.WarmUp} s of whole answers and {options.WarmUp} s of streams before anything is measured, since
          gateways run for days: compiling hot code takes a process's first half minute under load.
        - In a soak callers ask without pause for minutes; one that was refused asks again 50 ms later. The baseline is measured for 4 s
          before and after it, with the side stopped. Memory there is all that the process has in memory (VmRSS). The queue is the most
          that `/metrics` showed, read every 2 s. Memory is flat where the mean of the last third is at most 10 % above the middle third's.
        - Calls of a run are counted with four callers and stubs of 50 ms, beyond what the node does at rest.
        - Memory of a run in flight is what the process alone has written to (Private_Dirty), so it counts garbage that was not collected
          yet, and the connections (one from the caller, N to the stub) that each run in flight opens: the warm-up had only four callers.

        """);

    public static void AddSection(StringBuilder page, string title, MarkdownTable table) =>
        page.Append("## ").Append(title).Append("\n\n").Append(table).Append('\n');

    public static string Text(double whole) => $"{whole:0}";

    public static string Number(double value) => Math.Abs(value) >= 1000 ? $"{value:0}" : $"{value:0.00}";

    // Rounded first: a format of two sections would show a small negative as "-+0.00".
    public static string Signed(double value) => Math.Abs(value) >= 1000 ? $"{value:+0;−0}" : $"{Math.Round(value, 2):+0.00;−0.00;0.00}";

    private static string Mebibytes(long kibibytes) => $"{kibibytes / 1024.0:0.0}";
}
