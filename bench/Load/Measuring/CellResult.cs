using Ensemble.Load.Traffic;

namespace Ensemble.Load.Measuring;

/// <summary>All rounds of one cell, or why it failed.</summary>
internal sealed record CellResult(LoadShape Shape, IReadOnlyList<AbbaRound> Rounds, string? Failure)
{
    /// <summary>Median count of measured runs in a slot: of how few a p99 is taken.</summary>
    public double RunsPerSlot => Statistics.Median(Rounds.SelectMany(round => round.All).Select(slot => (double)slot.Runs));

    public Comparison Compare(Func<SlotFigures, double> figure)
    {
        var differences = Rounds.Select(round => round.Product(figure) - round.Baseline(figure)).ToArray();
        return new Comparison(
            Statistics.Median(Rounds.SelectMany(round => (double[])[figure(round.First), figure(round.Fourth)])),
            Statistics.Median(Rounds.SelectMany(round => (double[])[figure(round.Second), figure(round.Third)])),
            Statistics.Median(differences),
            differences.Min(),
            differences.Max(),
            Statistics.Median(Rounds.Select(round => round.Product(figure) / round.Baseline(figure))));
    }
}
