namespace Ensemble.Storage.Postgres;

/// <summary>
/// Lets the pool begin threads at once while some of its threads are held by a server that hangs. A minimum that is always so large costs
/// a third of the runs a second (docs/decisions/0032).
/// </summary>
internal static class SpareThreads
{
    /// <summary>For those who ask the same server and are not counted: Orleans' table of members, the watch for revisions.</summary>
    private const int Others = 6;

    private const int MaxHeld = 64;

    private static readonly Lock Changing = new();
    private static int? _usual;

    /// <param name="held">Threads that may be held soon.</param>
    public static void Provide(int held)
    {
        lock (Changing)
        {
            ThreadPool.GetMinThreads(out var workers, out var ports);
            _usual ??= workers;
            ThreadPool.SetMinThreads(_usual.Value + Math.Min(held, MaxHeld) + Others, ports);
        }
    }

    /// <summary>Sets the pool's minimum back.</summary>
    public static void Withdraw()
    {
        lock (Changing)
        {
            if (_usual is { } usual)
            {
                ThreadPool.GetMinThreads(out _, out var ports);
                ThreadPool.SetMinThreads(usual, ports);
                _usual = null;
            }
        }
    }
}
