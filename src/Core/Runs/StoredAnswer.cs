namespace Ensemble.Runs;

/// <param name="Payload">At most 4 MiB, as whoever stored it wrote it.</param>
public sealed record StoredAnswer(SubCallKey Key, ReadOnlyMemory<byte> Payload);
