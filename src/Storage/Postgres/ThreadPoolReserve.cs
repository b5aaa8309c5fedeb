namespace Ensemble.Storage.Postgres;

/// <summary>
/// Lets the pool begin threads at once while some of its threads are held by a server that hangs. A minimum that is always so large costs
/// a third of the runs a second (docs/decisions/0032).
/// </summary>
internal static class ThreadPoolReserve
{
    /// <summary>For those who ask the same server and are not counted: Orleans' table of members, the watch for revisions.</summary>
    private const int ReservedThreads = 6;

    private const int MaxHeld = 64;

    private static readonly Lock Sync = new();
    private static int? _defaultMinimum;

    /// <param name="held">Threads that may be held soon.</param>
    public static void Raise(int held)
    {
        lock (Sync)
        {
            ThreadPool.GetMinThreads(out var workers, out var ports);
            _defaultMinimum ??= workers;
            ThreadPool.SetMinThreads(_defaultMinimum.Value + Math.Min(held, MaxHeld) + ReservedThreads, ports);
        }
    }

    /// <summary>Sets the pool's minimum back.</summary>
    public static void Restore()
    {
        lock (Sync)
        {
            if (_defaultMinimum is { } usual)
            {
                ThreadPool.GetMinThreads(out _, out var ports);
                ThreadPool.SetMinThreads(usual, ports);
                _defaultMinimum = null;
            }
        }
    }
}
