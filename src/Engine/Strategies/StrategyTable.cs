using Ensemble.Catalog;

namespace Ensemble.Strategies;

/// <summary>The strategy of an ensemble.</summary>
internal static class StrategyTable
{
    public static IStrategy Of(EnsembleConfig ensemble) => ensemble.Strategy switch
    {
        StrategyKind.Synthesize => new PanelStrategy(ensemble, new Synthesize(ensemble)),
        StrategyKind.BestOf => new PanelStrategy(ensemble, new BestOf(ensemble)),
        StrategyKind.Vote => new PanelStrategy(ensemble, new Vote(ensemble)),
        StrategyKind.Consensus => new PanelStrategy(ensemble, new Consensus(ensemble)),
        StrategyKind.Confidence => new PanelStrategy(ensemble, new Confidence(ensemble)),
        StrategyKind.Adaptive => new PanelStrategy(ensemble, new Adaptive(ensemble)),
        StrategyKind.Cascade => new Cascade(ensemble),
        StrategyKind.Verify => new Verify(ensemble),
        StrategyKind.Route => new Route(ensemble),
        StrategyKind.Specialist => new Specialist(ensemble),
        _ => throw new InvalidOperationException($"There is no strategy {ensemble.Strategy}."),
    };
}
