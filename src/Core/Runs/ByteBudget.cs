namespace Ensemble.Runs;

/// <summary>
/// Bytes that requests and answers take in this process: bodies that are read or run, journals, and answers that are kept. What is new
/// is refused
/// over the limit; what is there already is counted in any case. Thread-safe.
/// </summary>
/// <param name="limit">In bytes. Default none.</param>
public sealed class ByteBudget(long limit = long.MaxValue)
{
    private Action<long>? _reclaim;
    private long _used;

    /// <summary>
    /// A quarter of the memory that this process may take: of a body and its answer there are copies on their way in and out.
    /// </summary>
    public static long DefaultLimit { get; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4;

    public long Limit => limit;

    public long Used => Volatile.Read(ref _used);

    /// <param name="reclaim">Called with the bytes that are missing where something would be refused: gives back what can be
    /// spared.</param>
    public void OnShortage(Action<long> reclaim) => _reclaim += reclaim;

    /// <returns>False where that would be over the limit: nothing is taken then.</returns>
    public bool TryTake(long bytes)
    {
        if (TryAdd(bytes))
        {
            return true;
        }

        if (_reclaim is not { } reclaim || bytes > limit)
        {
            return false;
        }

        reclaim(Used + bytes - limit);
        return TryAdd(bytes);
    }

    /// <returns>Whether so many more bytes could be taken now. None are.</returns>
    public bool HasRoomFor(long bytes)
    {
        var hasRoom = TryTake(bytes);
        if (hasRoom)
        {
            Return(bytes);
        }

        return hasRoom;
    }

    /// <summary>For what is there already.</summary>
    public void Take(long bytes) => Interlocked.Add(ref _used, bytes);

    public void Return(long bytes) => Interlocked.Add(ref _used, -bytes);

    private bool TryAdd(long bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= limit)
        {
            return true;
        }

        Interlocked.Add(ref _used, -bytes);
        return false;
    }
}
