namespace Ensemble.Catalog;

/// <summary>A model's price in USD for a million tokens.</summary>
public sealed record PriceConfig(decimal InputPerMillion, decimal OutputPerMillion);
