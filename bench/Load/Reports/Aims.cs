using System.Globalization;
using Ensemble.Load.Cluster;
using Ensemble.Load.Measuring;
using Ensemble.Load.Processes;
using Ensemble.Load.Proxies;
using Ensemble.Load.Soak;

namespace Ensemble.Load.Reports;

/// <summary>The product's aims for N = 3, held against the figures.</summary>
internal static class Aims
{
    public static IReadOnlyList<Aim> Judge(Measurements measured) =>
    [
        .. from side in measured.Sides
           where side != ProductSide.Before.Name
           from aim in OfSide(side, measured)
           select aim,
        .. ShareOfBefore(measured) is { } share ? [share] : (Aim[])[],
        .. from soak in measured.Soaks
           from aim in OfSoak(soak)
           select aim,
        .. from result in measured.Direct
           where result.Side != PortkeyGateway.Name
           from aim in OfDirect(result, measured)
           select aim,
        .. from figures in measured.Calls
           where !figures.Streamed
           from aim in OfCalls(figures)
           select aim,
        .. measured.Tiers is { } tiers ? OfTiers(tiers, measured) : [],
        .. measured.Ledger.Select(cell =>
            OfLedger(cell.Database, cell.PerSecond, cell.SubCalls + cell.Runs - cell.StoredSubCalls - cell.StoredRuns)),
    ];

    private static IEnumerable<Aim> OfSide(string side, Measurements measured)
    {
        var busy = Find(measured.Latency, side, callers: 16);
        var saturated = Find(measured.Throughput, side, callers: 64);
        var alone = Find(measured.Throughput, side, callers: 1);
        var share = MinShare(side);
        yield return Share($"{side}, 0 ms, 64 callers: at least {share * 100:0} % of the baseline's runs a second", saturated, share);
        yield return Below($"{side}, 0 ms, one caller: p50 at most 0.5 ms above the baseline", alone, slot => slot.Latency.P50, 0.5);
        yield return Below($"{side}, 0 ms, one caller: p99 at most 5 ms above the baseline", alone, slot => slot.Latency.P99, 5);
        yield return Below($"{side}, 50 ms, 16 callers: p50 at most 1 ms above the baseline", busy, slot => slot.Latency.P50, 1);
        yield return Below($"{side}, 50 ms, 16 callers: p99 at most 5 ms above the baseline", busy, slot => slot.Latency.P99, 5);
        yield return Memory($"{side}, a run in flight: at most 64 KiB", measured.Memory, side, 64);
    }

    private static IEnumerable<Aim> OfSoak(SoakResult soak)
    {
        const double MostMegabytes = 400;
        const double MostGrowth = 0.1;
        var (share, name) = (MinShare(soak.Side), $"{soak.Side}, 0 ms, 64 callers, {soak.Length.TotalMinutes:0.#} minutes");
        var isWhole = soak.Failure is null;
        yield return new Aim(
            $"{name}: at least {share * 100:0} % of the baseline's runs a second",
            $"{soak.Ratio * 100:0} %",
            isWhole && soak.Ratio >= share);
        yield return new Aim($"{name}: no refusal", soak.Refused == 0 ? "none" : $"{soak.Refused}", isWhole && soak.Refused == 0);
        yield return new Aim(
            $"{name}: memory below {MostMegabytes} MB, and flat",
            $"{SoakReport.Megabytes(soak.MostResident)} MB, {Math.Round(soak.Growth * 100):+0;−0;0} %",
            isWhole && soak.MostResident < MostMegabytes * 1e6 && soak.Growth <= MostGrowth);
    }

    private static IEnumerable<Aim> OfDirect(SideResult result, Measurements measured)
    {
        var name = $"{result.Side}, a single model, 0 ms, 16 callers";
        yield return Share($"{name}: at least 60 % of {YarpProxy.Name}'s requests a second", result.Cell, 0.6);
        var text = $"{name}: at least 10 times {PortkeyGateway.Name}'s requests a second";
        var portkey = measured.Direct.FirstOrDefault(other => other.Side == PortkeyGateway.Name)?.Cell;
        if (portkey is not { Failure: null } || result.Cell.Failure is not null)
        {
            yield return Unmeasured(text);
            yield break;
        }

        var times = result.Cell.Compare(slot => slot.RunsPerSecond).Ratio / portkey.Compare(slot => slot.RunsPerSecond).Ratio;
        yield return new Aim(text, $"{times:0.0} times", times >= 10);
    }

    private static IEnumerable<Aim> OfCalls(TrafficFigures figures)
    {
        var (gates, others) = (figures.OfRun.GateCalls, figures.OfRun.GrainCalls - figures.OfRun.GateCalls);
        var name = $"{figures.Side}, whole answers, far from limits";
        yield return new Aim($"{name}: at most 1.5 grain calls a run beside gates", $"{others:0.00}", others <= 1.5);
        yield return new Aim($"{name}: at most 0.5 gate calls a run", $"{gates:0.00}", gates <= 0.5);
    }

    private static IEnumerable<Aim> OfTiers(TierFigures tiers, Measurements measured)
    {
        foreach (var side in (ProductSide[])[ProductSide.AllSqlite, ProductSide.AllMemory])
        {
            if (Find(measured.Throughput, side.Name, callers: 64) is { Failure: null } node)
            {
                var times = Statistics.Median(tiers.Processor) / node.Compare(slot => slot.Processor).Product;
                yield return new Aim(
                    $"two silos and two frontends, 0 ms, 64 callers: processor time a run at most 2 times {side.Name}'s",
                    $"{times:0.0} times",
                    times <= 2);
            }
        }

        foreach (var aim in OfStreams(tiers.Tokens, tiers.AtRest))
        {
            yield return aim;
        }
    }

    /// <param name="cells">Answers that are pushed, and the same pulled.</param>
    /// <param name="rest">What each silo takes of a core.</param>
    public static IReadOnlyList<Aim> OfStreams(IReadOnlyList<TokenCell> cells, IReadOnlyList<double> rest) =>
    [
        .. cells.SelectMany(OfStreams),
        new Aim("two silos at rest: each at most 3 % of a core", $"{rest.Max() * 100:0.0} %", rest.Max() <= 0.03),
    ];

    private static IEnumerable<Aim> OfStreams(TokenCell cell)
    {
        var name = $"two silos, {cell.Streams} {(cell.Streams == 1 ? "stream" : "streams")}";
        if (cell.Find(Fleet.TwoSilos) is not { } stream || cell.Find(Fleet.TwoSilosPull) is not { } pull)
        {
            yield return new Aim($"{name}: token p50 at most 3 ms", $"the cell failed: {cell.Failure}", Met: false);
            yield break;
        }

        var times = stream.Token.P99 / pull.Token.P99;
        yield return new Aim($"{name}: token p50 at most 3 ms", $"{stream.Token.P50:0.0} ms", stream.Token.P50 <= 3);
        yield return new Aim($"{name}: token p99 at most 1.5 times that of pulling", $"{times:0.0} times", times <= 1.5);
    }

    /// <param name="lost">Rows that were handed over and are not stored.</param>
    public static Aim OfLedger(string database, double perSecond, long lost)
    {
        var least = database == "SQLite" ? 50_000 : 100_000;
        var missing = lost == 0 ? "none" : lost.ToString("N0", CultureInfo.InvariantCulture);
        return new Aim(
            string.Create(CultureInfo.InvariantCulture, $"ledger, {database}: {least:N0} sub-calls a second, none lost"),
            string.Create(CultureInfo.InvariantCulture, $"{perSecond:N0}, {missing} lost"),
            lost == 0 && perSecond >= 0.99 * least);
    }

    private static double MinShare(string side) => ProductSide.Find(side).Storage == ProductSide.Sqlite ? 0.6 : 0.7;

    /// <summary>Both were measured beside the same baseline, at different times: their ratios to it are compared.</summary>
    /// <returns>Null where one of them was not.</returns>
    private static Aim? ShareOfBefore(Measurements measured)
    {
        const double MinRatio = 0.9;
        if (Find(measured.Throughput, ProductSide.AllMemory.Name, 64) is not { Failure: null } node
            || Find(measured.Throughput, ProductSide.Before.Name, 64) is not { Failure: null } other)
        {
            return null;
        }

        var text = $"{ProductSide.AllMemory.Name}, 0 ms, 64 callers: at least {MinRatio * 100:0} % of what the build of --before does";
        var share = node.Compare(slot => slot.RunsPerSecond).Ratio / other.Compare(slot => slot.RunsPerSecond).Ratio;
        return new Aim(text, $"{share * 100:0} %", share >= MinRatio);
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
