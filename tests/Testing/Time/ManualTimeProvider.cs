namespace Ensemble.Testing;

/// <summary>A clock that moves only when told to. Timers fire on the thread that moves it, outside locks.</summary>
public sealed class ManualTimeProvider(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _armed = [];
    private readonly ChangeSignal _changed = new();
    private DateTimeOffset _now = start;
    private long _armings;

    /// <summary>Starts at 2026-01-01T00:00:00Z.</summary>
    public ManualTimeProvider()
        : this(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>Timers that are armed now.</summary>
    public int PendingTimers
    {
        get
        {
            lock (_lock)
            {
                return _armed.Count;
            }
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return _now;
        }
    }

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    /// <summary>A timer with a due time of zero fires at once on the thread pool, as the system's do.</summary>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>
    /// Moves the clock on. Timers that fall due fire in order of their due time (then in the order in which they were armed), each
    /// while the clock stands at its due time; timers that are armed meanwhile fire too where they fall within <paramref name="by"/>.
    /// </summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        DateTimeOffset target;
        lock (_lock)
        {
            target = _now + by;
        }

        while (TakeDue(target) is { } timer)
        {
            timer.Fire();
        }
    }

    /// <summary>Completes once at least <paramref name="count"/> timers are armed at the same time.</summary>
    public Task WaitForTimersAsync(int count, CancellationToken cancellationToken) =>
        WaitAsync(due => due.Count >= count ? due : null, cancellationToken);

    /// <summary>Completes once a timer is armed that is due in exactly <paramref name="dueIn"/> from the clock's time.</summary>
    public Task WaitForTimerAsync(TimeSpan dueIn, CancellationToken cancellationToken) =>
        WaitForTimerAsync(dueIn, dueIn, cancellationToken);

    /// <summary>Completes once a timer is armed that is due between the two, both included.</summary>
    /// <returns>How far off the soonest such timer is: what to <see cref="Advance"/> by to fire it.</returns>
    public async Task<TimeSpan> WaitForTimerAsync(TimeSpan earliest, TimeSpan latest, CancellationToken cancellationToken)
    {
        var found = await WaitAsync(
            due => due.Where(one => one >= earliest && one <= latest).ToList() is { Count: > 0 } fitting ? fitting : null,
            cancellationToken);
        return found.Min();
    }

    internal void Arm(ManualTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (_lock)
        {
            _armed.Remove(timer);
            timer.Period = period > TimeSpan.Zero ? period : Timeout.InfiniteTimeSpan;
            if (dueTime > TimeSpan.Zero)
            {
                Add(timer, _now + dueTime);
            }
            else if (dueTime == TimeSpan.Zero)
            {
                Repeat(timer, _now);
                ThreadPool.UnsafeQueueUserWorkItem(static due => due.Fire(), timer, preferLocal: false);
            }

            _changed.Pulse();
        }
    }

    internal void Disarm(ManualTimer timer)
    {
        lock (_lock)
        {
            if (_armed.Remove(timer))
            {
                _changed.Pulse();
            }
        }
    }

    private async Task<IReadOnlyList<TimeSpan>> WaitAsync(
        Func<IReadOnlyList<TimeSpan>, IReadOnlyList<TimeSpan>?> find, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (find([.. _armed.Select(timer => timer.Due - _now)]) is { } found)
                {
                    return found;
                }

                changed = _changed.Next;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    private ManualTimer? TakeDue(DateTimeOffset target)
    {
        lock (_lock)
        {
            var next = _armed.Where(timer => timer.Due <= target).MinBy(timer => (timer.Due, timer.Arming));
            var reached = next?.Due ?? target;
            _now = reached > _now ? reached : _now;
            if (next is not null)
            {
                _armed.Remove(next);
                Repeat(next, next.Due);
            }

            _changed.Pulse();
            return next;
        }
    }

    private void Repeat(ManualTimer timer, DateTimeOffset fired)
    {
        if (timer.Period > TimeSpan.Zero)
        {
            Add(timer, fired + timer.Period);
        }
    }

    private void Add(ManualTimer timer, DateTimeOffset due)
    {
        timer.Due = due;
        timer.Arming = ++_armings;
        _armed.Add(timer);
    }
}
