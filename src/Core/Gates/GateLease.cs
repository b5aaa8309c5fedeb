namespace Ensemble.Gates;

/// <summary>The right to one attempt, until it is released.</summary>
/// <param name="Id">Unique within the gate.</param>
public readonly record struct GateLease(string Gate, long Id);
