using Ensemble.Load.Measuring;
using Ensemble.Load.Processes;

namespace Ensemble.Load.Reports;

/// <summary>The product's aims for N = 3, held against the figures.</summary>
internal static class Aims
{
    public static IReadOnlyList<Aim> Judge(Measurements measured) =>
    [
        .. from side in measured.Sides
           from aim in OfSide(side, measured)
           select aim,
        .. measured.Sides.Contains(ProductSide.AllMemory.Name) && measured.Sides.Contains(ProductSide.InProcess.Name) ? [EngineShare(measured)] : (Aim[])[],
    ];

    private static IEnumerable<Aim> OfSide(string side, Measurements measured)
    {
        var busy = Find(measured.Latency, side, callers: 16);
        var saturated = Find(measured.Throughput, side, callers: 64);
        var alone = Find(measured.Throughput, side, callers: 1);
        var share = side is "all-sqlite" or "in-process-sqlite" ? 0.6 : 0.7;
        yield return Share($"{side}, stubs of 0 ms, 64 callers: at least {share * 100:0} % of the baseline's runs a second", saturated, share);
        yield return Below($"{side}, stubs of 0 ms, one caller: p50 at most 0.5 ms above the baseline", alone, slot => slot.Latency.P50, 0.5);
        yield return Below($"{side}, stubs of 0 ms, one caller: p99 at most 5 ms above the baseline", alone, slot => slot.Latency.P99, 5);
        yield return Below($"{side}, stubs of 50 ms, 16 callers: p50 at most 1 ms above the baseline", busy, slot => slot.Latency.P50, 1);
        yield return Below($"{side}, stubs of 50 ms, 16 callers: p99 at most 5 ms above the baseline", busy, slot => slot.Latency.P99, 5);
        yield return Memory($"{side}, a run in flight: at most 64 KiB", measured.Memory, side, 64);
    }

    /// <summary>Both were measured beside the same baseline, at different times: their ratios to it are compared.</summary>
    private static Aim EngineShare(Measurements measured)
    {
        const double Least = 0.9;
        var text = $"{ProductSide.AllMemory.Name}, stubs of 0 ms, 64 callers: at least {Least * 100:0} % of what {ProductSide.InProcess.Name} does";
        if (Find(measured.Throughput, ProductSide.AllMemory.Name, 64) is not { Failure: null } node || Find(measured.Throughput, ProductSide.InProcess.Name, 64) is not { Failure: null } alone)
        {
            return Unmeasured(text);
        }

        var share = node.Compare(slot => slot.RunsPerSecond).Ratio / alone.Compare(slot => slot.RunsPerSecond).Ratio;
        return new Aim(text, $"{share * 100:0} %", share >= Least);
    }

    private static CellResult? Find(IReadOnlyList<SideResult> results, string side, int callers) =>
        results.FirstOrDefault(result => result.Side == side && result.Cell.Shape.Panel == 3 && result.Cell.Shape.Callers == callers)?.Cell;

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

    private static Aim Memory(string text, IReadOnlyList<SideMemory> memory, string side, double most) =>
        memory.FirstOrDefault(one => one.Side == side) is { } product
            ? new Aim(text, $"{product.PerRun:0.0} KiB (baseline {memory[0].PerRun:0.0} KiB)", product.PerRun <= most)
            : Unmeasured(text);

    public static Aim Unmeasured(string text) => new(text, "not measured", Met: null);
}
