namespace Ensemble.Usage;

/// <summary>
/// Shows accounts to watchers, as they come. Keeps nothing: a watcher sees what comes while it watches, and is told where something was
/// left out. Nobody waits for a watcher, and without one nothing is done. Thread-safe.
/// </summary>
/// <param name="maxWatchers">Watchers at one time at most.</param>
/// <param name="capacity">Notes that a watcher may be behind; more are left out.</param>
public sealed class UsageFeed(int maxWatchers = UsageFeed.MaxWatchers, int capacity = UsageFeed.Capacity) : IUsageSink
{
    public const int MaxWatchers = 64;

    public const int Capacity = 4096;

    /// <summary>
    /// The name of the service, an <see cref="IUsageSink"/>, by which the accounts of a process reach watchers, here or elsewhere.
    /// </summary>
    public const string SinkName = "watchers";

    private readonly Lock _lock = new();
    private volatile UsageWatcher[] _watchers = [];

    /// <summary>The first watcher came, or the last one left; raised on their thread. <see cref="IsWatched"/> is how it stands.</summary>
    public event Action? Changed;

    public bool IsWatched => _watchers.Length > 0;

    /// <returns>Null where there are as many as may be.</returns>
    public UsageWatcher? TryWatch(UsageWatch watch)
    {
        var watcher = new UsageWatcher(this, watch, capacity);
        bool isFirst;
        lock (_lock)
        {
            if (_watchers.Length >= maxWatchers)
            {
                return null;
            }

            isFirst = _watchers.Length == 0;
            _watchers = [.. _watchers, watcher];
        }

        if (isFirst)
        {
            Changed?.Invoke();
        }

        return watcher;
    }

    public void Append(UsageEvent usage)
    {
        if (IsWatched)
        {
            Show(UsageRow.Of(usage));
        }
    }

    public void Append(RunManifest ended)
    {
        if (IsWatched)
        {
            Show(RunRecord.WithoutManifest(ended));
        }
    }

    public void Show(UsageRow call) => Offer(UsageNotification.Of(call));

    public void Show(RunRecord run) => Offer(UsageNotification.Of(run));

    /// <summary>Tells everyone that something may be missing.</summary>
    public void ReportGap()
    {
        foreach (var watcher in _watchers)
        {
            watcher.ReportGap();
        }
    }

    /// <summary>Tells everyone that so much was left out on the way here, whichever filter they have.</summary>
    public void ReportDropped(long count)
    {
        foreach (var watcher in _watchers)
        {
            watcher.ReportDropped(count);
        }
    }

    internal void Remove(UsageWatcher watcher)
    {
        bool wasLast;
        lock (_lock)
        {
            var left = Array.FindAll(_watchers, other => other != watcher);
            wasLast = left.Length == 0 && _watchers.Length > 0;
            _watchers = left;
        }

        watcher.End();
        if (wasLast)
        {
            Changed?.Invoke();
        }
    }

    private void Offer(UsageNotification note)
    {
        foreach (var watcher in _watchers)
        {
            watcher.Offer(note);
        }
    }
}
