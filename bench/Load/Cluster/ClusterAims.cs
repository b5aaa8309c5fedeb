using Ensemble.Load.Reports;

namespace Ensemble.Load.Cluster;

/// <summary>What the cluster sets itself, held against the figures.</summary>
internal static class ClusterAims
{
    private const int SubCalls = Names.TokenPanel + 1;

    /// <summary>Two calls a sub-call, and six more.</summary>
    public const int CallsOfRun = 2 * SubCalls + 6;

    public static IReadOnlyList<Aim> Judge(ClusterMeasurements measured) =>
    [
        .. from side in (string[])[Fleet.OneSilo, Fleet.TwoSilos]
           from callers in (int[])[1, 16]
           select Aims.Below(
               $"Whole answers, {side}, {Callers(callers)}: p50 at most 5 ms above one node",
               measured.Latency.FirstOrDefault(result => result.Side == side && result.Cell.Shape.Callers == callers)?.Cell,
               slot => slot.Latency.P50,
               5),
        Aims.Share("Stubs of 0 ms, 64 callers: two silos at least 85 % of one silo's runs a second", measured.Silos, 0.85),
        .. from cell in measured.Tokens
           from aim in Streams(cell)
           select aim,
        .. from figures in measured.Traffic
           select new Aim(
               $"{(figures.Streamed ? "Streamed" : "Whole")} answers, {figures.Side}: at most {CallsOfRun} grain calls a run",
               Report.Text(figures.OfRun.GrainCalls),

               // Renewals, one in 10 s for all runs together, add a fraction.
               Math.Round(figures.OfRun.GrainCalls) <= CallsOfRun),
    ];

    private static IEnumerable<Aim> Streams(TokenCell cell)
    {
        foreach (var (side, most) in ((string, double)[])[(Fleet.TwoSilos, 25), (Fleet.TwoSilosPull, 8)])
        {
            yield return Added($"{cell.Streams} streams, {side}: first token at most 15 ms later than one node (p50)", cell, side, figures => figures.First.P50, 15);
            yield return Added($"{cell.Streams} streams, {side}: p99 of tokens at most {most} ms later than one node", cell, side, figures => figures.Token.P99, most);
        }
    }

    private static Aim Added(string text, TokenCell cell, string side, Func<TokenFigures, double> figure, double most)
    {
        if (cell.Failure is not null)
        {
            return new Aim(text, "the cell failed", Met: false);
        }

        if (cell.Find(side) is not { } cluster || cell.Find(Fleet.OneNode) is not { } alone)
        {
            return Aims.Unmeasured(text);
        }

        var added = figure(cluster) - figure(alone);
        return new Aim(text, $"{Report.Signed(added)} ms", added <= most);
    }

    private static string Callers(int callers) => callers == 1 ? "one caller" : $"{callers} callers";
}
