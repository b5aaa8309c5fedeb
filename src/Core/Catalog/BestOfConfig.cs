namespace Ensemble.Catalog;

/// <summary>How a judge picks.</summary>
/// <param name="Swap">Whether it is asked a second time with the candidates in the reverse order; two different picks are none. Default
/// false.</param>
public sealed record BestOfConfig(bool Swap = false);
