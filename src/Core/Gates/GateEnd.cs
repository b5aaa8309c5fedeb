namespace Ensemble.Gates;

/// <summary>The end of a call that was reported as begun.</summary>
/// <param name="Tokens">Prompt and completion; null = not known, and what was held stays counted.</param>
/// <param name="IsUnused">No call was made: it counts neither as a request nor with tokens.</param>
public readonly record struct GateEnd(Guid Lease, long? Tokens, bool IsUnused);
