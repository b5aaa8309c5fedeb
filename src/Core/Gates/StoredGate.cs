namespace Ensemble.Gates;

/// <summary>What a gate's new keeper gets.</summary>
/// <param name="Epoch">The right to write; grows with each keeper.</param>
/// <param name="Snapshot">What the last keeper left; null where there was none.</param>
public sealed record StoredGate(long Epoch, ReadOnlyMemory<byte>? Snapshot);
