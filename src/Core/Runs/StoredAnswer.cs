namespace Ensemble.Runs;

/// <param name="Payload">At most 4 MiB, as it was stored.</param>
public sealed record StoredAnswer(SubCallKey Key, ReadOnlyMemory<byte> Payload)
{
    /// <summary>4 MiB.</summary>
    public const int MaxPayloadBytes = 4 * 1024 * 1024;

    public static readonly Comparer<StoredAnswer> ByKey = Comparer<StoredAnswer>.Create(static (x, y) =>
        (x.Key.Step, x.Key.Member, x.Key.Sample).CompareTo((y.Key.Step, y.Key.Member, y.Key.Sample)));

    public ReadOnlyMemory<byte> Payload { get; init; } = Payload.Length <= MaxPayloadBytes
        ? Payload
        : throw new ArgumentException(
            $"A stored answer has at most {MaxPayloadBytes} bytes; this one has {Payload.Length}.", nameof(Payload));
}
