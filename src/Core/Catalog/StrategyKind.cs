namespace Ensemble.Catalog;

public enum StrategyKind
{
    /// <summary>A judge writes one answer from the candidates.</summary>
    Synthesize,
}
