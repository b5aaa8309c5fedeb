using Ensemble.Load.Measuring;

namespace Ensemble.Load.Reports;

/// <summary>The product's aims for N = 3, held against the figures.</summary>
internal static class Aims
{
    public static IReadOnlyList<Aim> Judge(Measurements measured)
    {
        var busy = Find(measured.Latency, callers: 16);
        var saturated = Find(measured.Throughput, callers: 64);
        var alone = Find(measured.Throughput, callers: 1);
        return
        [
            Below("Stubs of 50 ms, 16 callers: p50 at most 1 ms above the baseline", busy, slot => slot.Latency.P50, 1),
            Below("Stubs of 50 ms, 16 callers: p99 at most 5 ms above the baseline", busy, slot => slot.Latency.P99, 5),
            Share("Stubs of 0 ms, 64 callers: at least 70 % of the baseline's runs a second", saturated, 0.7),
            Below("Stubs of 0 ms, one caller: p50 at most 0.5 ms above the baseline", alone, slot => slot.Latency.P50, 0.5),
            Memory("A run in flight: at most 64 KiB", measured, 64),
        ];
    }

    private static CellResult? Find(IReadOnlyList<CellResult> cells, int callers) =>
        cells.FirstOrDefault(cell => cell.Shape.Panel == 3 && cell.Shape.Callers == callers);

    public static Aim Below(string text, CellResult? cell, Func<SlotFigures, double> figure, double most) =>
        Judge(text, cell, figure, both => both.Difference <= most, both => $"{Math.Round(both.Difference, 2):+0.00;−0.00;0.00} ms");

    public static Aim Share(string text, CellResult? cell, double least) =>
        Judge(text, cell, slot => slot.RunsPerSecond, both => both.Ratio >= least, both => $"{both.Ratio * 100:0} %");

    private static Aim Judge(
        string text, CellResult? cell, Func<SlotFigures, double> figure, Predicate<Comparison> isMet, Func<Comparison, string> describe)
    {
        if (cell is null)
        {
            return Unmeasured(text);
        }

        if (cell.Failure is not null)
        {
            return new Aim(text, "the cell failed", Met: false);
        }

        var both = cell.Compare(figure);
        return new Aim(text, describe(both), isMet(both));
    }

    private static Aim Memory(string text, Measurements measured, double most)
    {
        var product = Statistics.Median(measured.ProductMemory.Select(figure => figure.PerRun));
        var baseline = Statistics.Median(measured.BaselineMemory.Select(figure => figure.PerRun));
        return measured.ProductMemory.Count == 0
            ? Unmeasured(text)
            : new Aim(text, $"{product:0.0} KiB (baseline {baseline:0.0} KiB)", product <= most);
    }

    public static Aim Unmeasured(string text) => new(text, "not measured", Met: null);
}
