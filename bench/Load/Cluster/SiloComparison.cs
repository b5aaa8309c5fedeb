using Ensemble.Load.Measuring;

namespace Ensemble.Load.Cluster;

/// <summary>Two silos against one silo, where both were held against one node in the same rounds.</summary>
internal static class SiloComparison
{
    /// <returns>Null where one of them is missing.</returns>
    public static CellResult? Of(IReadOnlyList<SideResult> results)
    {
        var (one, two) = (Find(results, Fleet.OneSilo), Find(results, Fleet.TwoSilos));
        return one is null || two is null
            ? null
            : one with { Rounds = [.. one.Rounds.Zip(two.Rounds, (alone, both) => new AbbaRound(alone.Second, both.Second, both.Third, alone.Third))] };
    }

    private static CellResult? Find(IReadOnlyList<SideResult> results, string side) => results.FirstOrDefault(result => result.Side == side)?.Cell;
}
