using Ensemble.Catalog;

namespace Ensemble.Runs;

/// <summary>Says that a run takes its panel's answers from another run.</summary>
/// <param name="Of">The run whose panel answered.</param>
public sealed record RunReplay(RunId Of)
{
    /// <summary>In place of the ensemble's; null = that one.</summary>
    public StrategyKind? Strategy { get; init; }

    /// <summary>The alias of a direct model in place of the ensemble's judge and its fallbacks; null = those.</summary>
    public string? Judge { get; init; }

    /// <returns>The catalog with the ensemble as this replay has it.</returns>
    /// <exception cref="KeyNotFoundException">The alias is no ensemble, or the judge is not in the catalog.</exception>
    public CatalogSnapshot Apply(CatalogSnapshot catalog, string alias)
    {
        if (!catalog.Ensembles.TryGetValue(alias, out var ensemble) || (Judge is not null && !catalog.Models.ContainsKey(Judge)))
        {
            throw new KeyNotFoundException($"No ensemble '{alias}', or no judge for it, at revision {catalog.Revision}.");
        }

        return catalog.With(ensemble with
        {
            Strategy = Strategy ?? ensemble.Strategy,
            Judge = Judge is null
                ? ensemble.Judge
                : (ensemble.Judge ?? new JudgeConfig { Model = Judge }) with { Model = Judge, Fallbacks = [] },

            // All that was said is there, and costs no time.
            StragglerGrace = StragglerGrace.All,
        });
    }
}
