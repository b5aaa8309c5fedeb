namespace Ensemble.Gates;

/// <summary>Asks a gate to let one through.</summary>
/// <param name="Lease">The name of the lease to be given, made by the one who asks: asked again with the same one, the gate gives the same
/// lease.</param>
/// <param name="Tokens">Prompt and longest answer, as estimated; held until the release says what it was.</param>
/// <param name="Holder">Whose account is told when the lease gets lost; null = nobody's.</param>
public readonly record struct GateRequest(GateKey Gate, Guid Lease, long Tokens, GateHolder? Holder);
