namespace Ensemble.Evaluation.Running;

/// <summary>
/// The time of one replayed run. It advances only by the recorded latencies of its calls: the model that answered first answers first again,
/// quorum, grace and deadlines take effect as in a live run, and the run takes as long as a live one. Thread-safe.
/// </summary>
internal sealed class RunClock : TimeProvider
{
    /// <summary>When every run begins.</summary>
    public static readonly DateTimeOffset Start = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Stands for a time that was not recorded.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    private readonly Lock _lock = new();
    private readonly PriorityQueue<ClockTimer, (long Due, long Number)> _timers = new();
    private readonly List<CancellationToken> _waits = [];
    private long _now;
    private long _number;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public TimeSpan Elapsed => new(GetTimestamp());

    public override long GetTimestamp()
    {
        lock (_lock)
        {
            return _now;
        }
    }

    public override DateTimeOffset GetUtcNow() => Start + Elapsed;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ClockTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Lets a recorded time pass, or the shortest there is: nobody answers before all of a panel were asked.</summary>
    /// <exception cref="OperationCanceledException">The answer is no longer waited for.</exception>
    public async Task WaitAsync(TimeSpan time, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        lock (_lock)
        {
            _waits.Add(cancel);
        }

        try
        {
            await Task.Delay(time > Shortest ? time : Shortest, this, cancel);
        }
        finally
        {
            lock (_lock)
            {
                _waits.Remove(cancel);
            }
        }
    }

    /// <summary>Whether time may pass: an answer is waited for, and no cancellation of one is under way.</summary>
    public bool CanAdvance
    {
        get
        {
            lock (_lock)
            {
                return _waits.Count > 0 && !_waits.Exists(static wait => wait.IsCancellationRequested);
            }
        }
    }

    /// <summary>Lets time pass until the next timer, which is called.</summary>
    /// <returns>False where there is none.</returns>
    public bool Advance()
    {
        ClockTimer? timer;
        lock (_lock)
        {
            do
            {
                if (!_timers.TryDequeue(out timer, out var at))
                {
                    return false;
                }

                if (timer.Number == at.Number)
                {
                    _now = Math.Max(_now, at.Due);
                    timer.Rearm();
                    break;
                }
            }
            while (true);
        }

        timer.Call();
        return true;
    }

    private sealed class ClockTimer(RunClock clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        /// <summary>Of its place in the queue that counts; 0 = none does.</summary>
        public long Number { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._lock)
            {
                _period = period;
                Arm(dueTime);
            }

            return true;
        }

        /// <summary>Called under the clock's lock once it is due.</summary>
        public void Rearm() => Arm(_period > TimeSpan.Zero ? _period : Timeout.InfiniteTimeSpan);

        public void Call() => callback(state);

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }

        private void Arm(TimeSpan dueTime)
        {
            Number = 0;
            if (dueTime >= TimeSpan.Zero)
            {
                Number = ++clock._number;
                clock._timers.Enqueue(this, (clock._now + dueTime.Ticks, Number));
            }
        }
    }
}
