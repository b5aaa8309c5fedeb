using System.Globalization;
using System.Text;
using Ensemble.Load.Reports;

namespace Ensemble.Load.Soak;

/// <summary>The part of a report that shows one soak.</summary>
internal static class SoakReport
{
    public static void Add(StringBuilder page, SoakResult soak)
    {
        var table = new MarkdownTable(
            "minute", "runs/s", "of the baseline", "p50 ms", "p99 ms", "refused", "gateway CPU ms a run", "load CPU ms a run", "memory MB",
            "ledger queue KiB", "dropped");
        foreach (var window in soak.Windows)
        {
            table.Add(
                $"{window.From.TotalMinutes:0.0}",
                Report.Text(window.RunsPerSecond),
                $"{window.RunsPerSecond / soak.Baseline.Average() * 100:0} %",
                Report.Number(window.Latency.P50),
                Report.Number(window.Latency.P99),
                window.Refused == 0 ? "0" : string.Join(", ", window.Refusals.Select(refusal => $"{refusal.Value} × {refusal.Key}")),
                Report.Number(window.Processor),
                $"{window.Load:0.000}",
                Megabytes(window.Resident),
                window.Queue is { } queue ? Report.Text(queue / 1024) : "–",
                window.Dropped is { } dropped ? Report.Text(dropped) : "–");
        }

        Report.AddSection(page, $"{soak.Side} for {soak.Length.TotalMinutes:0.#} minutes: N = 3, 64 callers, stubs of 0 ms", table);
        var baseline = string.Join(", ", soak.Baseline.Select(rate => $"{rate:0}"));
        page.Append(
            CultureInfo.InvariantCulture,
            $"Runs a second: {soak.RunsPerSecond:0}, the baseline's before and after: {baseline}; {soak.Ratio * 100:0} %.\n\n");
        if (soak.FirstFault is { } fault)
        {
            page.Append("The first refusal: ").Append(fault.ReplaceLineEndings(" ")).Append("\n\n");
        }

        if (soak.Failure is { } failure)
        {
            page.Append("**FAILED:** ").Append(failure).Append("\n\n");
        }
    }

    public static string Megabytes(long bytes) => $"{bytes / 1e6:0}";
}
