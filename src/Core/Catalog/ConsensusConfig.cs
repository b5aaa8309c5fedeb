namespace Ensemble.Catalog;

/// <summary>How the likeness of answers is measured.</summary>
/// <param name="EmbeddingModel">The alias of an embedding model; null = frequencies of words and letter groups.</param>
/// <param name="Threshold">Prose that is at least this alike says the same, from 0 to 1. Default 0.8.</param>
public sealed record ConsensusConfig(string? EmbeddingModel = null, double Threshold = ConsensusConfig.DefaultThreshold)
{
    public const double DefaultThreshold = 0.8;
}
