using Ensemble.Upstreams;

namespace Ensemble.Gates;

/// <summary>A gate's state as bytes. The first byte is the version of the format.</summary>
internal sealed record GateSnapshot
{
    private const byte Version = 1;

    /// <summary>Milliseconds since 1970, by the keeper's clock.</summary>
    public required long TakenAt { get; init; }

    public required IReadOnlyList<(long Bucket, long Count)> Requests { get; init; }

    public required IReadOnlyList<(long Bucket, long Count)> Tokens { get; init; }

    public required IReadOnlyList<(long Bucket, long Count)> Daily { get; init; }

    public required int Failures { get; init; }

    public required int Trips { get; init; }

    public required long CooldownUntil { get; init; }

    public required CallOutcome Cause { get; init; }

    /// <summary>With the moment at which each expires.</summary>
    public required IReadOnlyList<(GateLease Lease, long ExpiresAt)> Leases { get; init; }

    /// <summary>Those of the leases that were out when the last failure that counts came in.</summary>
    public IReadOnlySet<Guid> Burst { get; init; } = new HashSet<Guid>();

    /// <summary>Processes that admit by themselves. Their calls in flight are among the leases.</summary>
    public IReadOnlyList<GateClientSnapshot> Holders { get; init; } = [];

    /// <summary>Who wrote it; empty where that was an older version.</summary>
    public Guid Keeper { get; init; }

    public byte[] Write()
    {
        using var buffer = new MemoryStream(512);
        using (var writer = new BinaryWriter(buffer))
        {
            writer.Write(Version);
            writer.Write7BitEncodedInt64(TakenAt);
            WriteBuckets(writer, Requests);
            WriteBuckets(writer, Tokens);
            WriteBuckets(writer, Daily);
            writer.Write7BitEncodedInt(Failures);
            writer.Write7BitEncodedInt(Trips);
            writer.Write7BitEncodedInt64(CooldownUntil);
            writer.Write7BitEncodedInt((int)Cause);
            writer.Write7BitEncodedInt(Leases.Count);
            foreach (var (lease, expiresAt) in Leases)
            {
                WriteLease(writer, lease);
                writer.Write7BitEncodedInt64(expiresAt);
            }

            // Last, where keepers that do not know it leave it unread.
            writer.Write7BitEncodedInt(Burst.Count);
            foreach (var lease in Burst)
            {
                writer.Write(lease.ToByteArray());
            }

            writer.Write7BitEncodedInt(Holders.Count);
            foreach (var holder in Holders)
            {
                WriteHolder(writer, holder);
            }

            writer.Write(Keeper.ToByteArray());
        }

        return buffer.ToArray();
    }

    /// <returns>Null where there is nothing that this version can read: a gate then begins empty rather than not at all.</returns>
    public static GateSnapshot? Read(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length == 0 || bytes.Span[0] != Version)
        {
            return null;
        }

        try
        {
            using var reader = new BinaryReader(new MemoryStream(bytes[1..].ToArray()));
            return new GateSnapshot
            {
                TakenAt = reader.Read7BitEncodedInt64(),
                Requests = ReadBuckets(reader),
                Tokens = ReadBuckets(reader),
                Daily = ReadBuckets(reader),
                Failures = reader.Read7BitEncodedInt(),
                Trips = reader.Read7BitEncodedInt(),
                CooldownUntil = reader.Read7BitEncodedInt64(),
                Cause = (CallOutcome)reader.Read7BitEncodedInt(),
                Leases = ReadMany(reader, static from => (ReadLease(from), from.Read7BitEncodedInt64())),
                Burst = IsAtEnd(reader) ? [] : ReadMany(reader, ReadId).ToHashSet(),
                Holders = IsAtEnd(reader) ? [] : ReadMany(reader, ReadHolderOfGrants),
                Keeper = IsAtEnd(reader) ? default : ReadId(reader),
            };
        }
        catch (Exception exception) when (exception is EndOfStreamException or FormatException or InvalidDataException)
        {
            return null;
        }
    }

    private static void WriteBuckets(BinaryWriter writer, IReadOnlyList<(long Bucket, long Count)> buckets)
    {
        writer.Write7BitEncodedInt(buckets.Count);
        foreach (var (bucket, count) in buckets)
        {
            writer.Write7BitEncodedInt64(bucket);
            writer.Write7BitEncodedInt64(count);
        }
    }

    private static List<(long Bucket, long Count)> ReadBuckets(BinaryReader reader) =>
        ReadMany(reader, static from => (from.Read7BitEncodedInt64(), from.Read7BitEncodedInt64()));

    private static void WriteLease(BinaryWriter writer, GateLease lease)
    {
        writer.Write(lease.Id.ToByteArray());
        writer.Write7BitEncodedInt64(lease.Epoch);
        writer.Write7BitEncodedInt64(lease.AdmittedAt);
        writer.Write7BitEncodedInt64(lease.Tokens);
        writer.Write(lease.IsProbe);
        writer.Write(lease.Holder is not null);
        if (lease.Holder is { } holder)
        {
            writer.Write(holder.Run.Value);
            writer.Write7BitEncodedInt(holder.Incarnation);
            writer.Write(holder.Ensemble);
            writer.Write((byte)holder.Role);
            writer.Write((byte)holder.Key.Step);
            writer.Write7BitEncodedInt(holder.Key.Member);
            writer.Write7BitEncodedInt(holder.Key.Sample);
        }
    }

    private static bool IsAtEnd(BinaryReader reader) => reader.BaseStream.Position >= reader.BaseStream.Length;

    private static void WriteHolder(BinaryWriter writer, GateClientSnapshot holder)
    {
        writer.Write(holder.Agent.ToByteArray());
        writer.Write7BitEncodedInt64(holder.Newest);
        writer.Write(holder.Seen);
        writer.Write7BitEncodedInt64(holder.ExpiresAt);
        writer.Write7BitEncodedInt64(holder.PassUntil);
        writer.Write7BitEncodedInt64(holder.Allowance);
        writer.Write7BitEncodedInt64(holder.AllowanceUntil);
        writer.Write7BitEncodedInt64(holder.EndedAllowance);
        writer.Write7BitEncodedInt64(holder.EndedAt);
        writer.Write7BitEncodedInt64(holder.Outstanding.Requests);
        writer.Write7BitEncodedInt64(holder.Outstanding.Tokens);
        writer.Write7BitEncodedInt64(holder.Slots);
        writer.Write7BitEncodedInt(holder.Leases.Count);
        foreach (var (lease, countedAt) in holder.Leases)
        {
            writer.Write(lease.ToByteArray());
            writer.Write7BitEncodedInt64(countedAt);
        }
    }

    private static GateClientSnapshot ReadHolderOfGrants(BinaryReader reader) => new(
        ReadId(reader),
        reader.Read7BitEncodedInt64(),
        reader.ReadUInt64(),
        reader.Read7BitEncodedInt64(),
        reader.Read7BitEncodedInt64(),
        reader.Read7BitEncodedInt64(),
        reader.Read7BitEncodedInt64(),
        reader.Read7BitEncodedInt64(),
        reader.Read7BitEncodedInt64(),
        new GateUnits(reader.Read7BitEncodedInt64(), reader.Read7BitEncodedInt64(), 0),
        reader.Read7BitEncodedInt64(),
        ReadMany(reader, static from => (ReadId(from), from.Read7BitEncodedInt64())));

    /// <summary>The gate's own name is not in the bytes: it is what they are stored under.</summary>
    private static GateLease ReadLease(BinaryReader reader)
    {
        var id = ReadId(reader);
        return new GateLease(
            default,
            id,
            reader.Read7BitEncodedInt64(),
            reader.Read7BitEncodedInt64(),
            reader.Read7BitEncodedInt64(),
            reader.ReadBoolean(),
            reader.ReadBoolean() ? ReadHolder(reader) : null);
    }

    private static Guid ReadId(BinaryReader reader) =>
        reader.ReadBytes(16) is { Length: 16 } bytes ? new Guid(bytes) : throw new EndOfStreamException();

    private static GateHolder ReadHolder(BinaryReader reader) => new(
        RunId.TryParse(reader.ReadString(), out var run) ? run : throw new InvalidDataException("The run's name is broken."),
        reader.Read7BitEncodedInt(),
        reader.ReadString(),
        (SubCallRole)reader.ReadByte(),
        new SubCallKey((SubCallStep)reader.ReadByte(), reader.Read7BitEncodedInt(), reader.Read7BitEncodedInt()));

    private static List<T> ReadMany<T>(BinaryReader reader, Func<BinaryReader, T> read)
    {
        var count = reader.Read7BitEncodedInt();
        if (count < 0 || count > reader.BaseStream.Length)
        {
            throw new InvalidDataException("The count is broken.");
        }

        var items = new List<T>(count);
        for (var index = 0; index < count; index++)
        {
            items.Add(read(reader));
        }

        return items;
    }
}
