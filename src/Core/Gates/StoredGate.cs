namespace Ensemble.Gates;

/// <summary>What a gate's new keeper gets.</summary>
/// <param name="Epoch">The right to write; grows with each keeper.</param>
/// <param name="Snapshot">What the last keeper left; null where there was none.</param>
public sealed record StoredGate(long Epoch, ReadOnlyMemory<byte>? Snapshot)
{
    /// <summary>The largest snapshot that is kept: 1 MiB.</summary>
    public const int MaxSnapshotBytes = 1024 * 1024;

    /// <exception cref="ArgumentException">It is larger than what is kept.</exception>
    public static void CheckSnapshot(ReadOnlyMemory<byte> snapshot)
    {
        if (snapshot.Length > MaxSnapshotBytes)
        {
            throw new ArgumentException(
                $"A gate's snapshot has at most {MaxSnapshotBytes} bytes; this one has {snapshot.Length}.", nameof(snapshot));
        }
    }
}
