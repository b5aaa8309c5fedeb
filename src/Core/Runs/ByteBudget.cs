namespace Ensemble.Runs;

/// <summary>
/// Counts the bytes that requests and answers take in this process: bodies that are read or run, journals, and answers that are kept.
/// Over the limit new bytes are refused; bytes that are there already are counted in any case. Thread-safe.
/// </summary>
/// <param name="limit">In bytes. Default none.</param>
public sealed class ByteBudget(long limit = long.MaxValue)
{
    private Action<long>? _reclaim;
    private long _used;

    /// <summary>
    /// A quarter of the memory that this process may take, in bytes: while a body is read and an answer is written there are several
    /// copies of each.
    /// </summary>
    public static long DefaultLimit { get; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4;

    public long Limit => limit;

    public long Used => Volatile.Read(ref _used);

    /// <param name="reclaim">Called with the missing bytes before something is refused: returns bytes that can be spared.</param>
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
