using Ensemble.Catalog;

namespace Ensemble.Strategies;

/// <summary>Which members stand on which rung of a cascade.</summary>
internal static class CascadeRungs
{
    /// <returns>Indices in the panel; at least one rung, none of them empty.</returns>
    public static IReadOnlyList<IReadOnlyList<int>> Of(EnsembleConfig ensemble)
    {
        var members = Enumerable.Range(0, ensemble.Panel.Count);
        if (ensemble.Cascade.Rungs.Count > 0)
        {
            return [.. ensemble.Cascade.Rungs.Select(
                rung => (IReadOnlyList<int>)[.. rung.SelectMany(model => members.Where(member => ensemble.Panel[member].Model == model))])];
        }

        // One alone has nobody to agree with: the first two make the first rung.
        return [[.. members.Take(2)], .. members.Skip(2).Select(member => (IReadOnlyList<int>)[member])];
    }
}
