using Ensemble.Catalog;

namespace Ensemble.Gates;

/// <summary>Asks a gate to let one attempt through.</summary>
/// <param name="Gate">The gate's key.</param>
/// <param name="Limits">What holds for it now; null = no limit.</param>
public readonly record struct GateRequest(string Gate, RateLimitConfig? Limits);
