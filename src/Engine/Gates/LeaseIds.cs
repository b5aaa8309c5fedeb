using System.Buffers.Binary;

namespace Ensemble.Gates;

/// <summary>
/// Names for leases, unique over all processes: random for each process, and counted in it. Random bytes for each lease are a system call.
/// </summary>
internal static class LeaseIds
{
    private static readonly Guid Process = Guid.NewGuid();
    private static long _last;

    public static Guid Next()
    {
        Span<byte> bytes = stackalloc byte[16];
        Process.TryWriteBytes(bytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], Interlocked.Increment(ref _last));
        return new Guid(bytes);
    }
}
