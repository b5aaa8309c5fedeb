namespace Ensemble.Catalog;

/// <param name="Source">One for the whole run: figures of different sources cannot be compared.</param>
public sealed record ConfidenceConfig(ConfidenceSource Source = ConfidenceSource.Logprobs);
