namespace Ensemble.Testing;

/// <summary>A timer of <see cref="ManualTimeProvider"/>, whose lock guards <see cref="Due"/>, <see cref="Arming"/> and <see cref="Period"/>.</summary>
internal sealed class ManualTimer(ManualTimeProvider clock, TimerCallback callback, object? state) : ITimer
{
    private static readonly TimeSpan MaxDueTime = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    private readonly ExecutionContext? _context = ExecutionContext.Capture();
    private int _disposed;

    public DateTimeOffset Due { get; set; }

    public long Arming { get; set; }

    public TimeSpan Period { get; set; }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        ThrowUnlessTimerValue(dueTime, nameof(dueTime));
        ThrowUnlessTimerValue(period, nameof(period));
        if (Volatile.Read(ref _disposed) != 0)
        {
            return false;
        }

        clock.Arm(this, dueTime, period);
        return true;
    }

    public void Fire()
    {
        if (Volatile.Read(ref _disposed) != 0)
        {
            return;
        }

        if (_context is null)
        {
            callback(state);
            return;
        }

        ExecutionContext.Run(_context, static self => ((ManualTimer)self!).Invoke(), this);
    }

    public void Dispose()
    {
        Volatile.Write(ref _disposed, 1);
        clock.Disarm(this);
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private void Invoke() => callback(state);

    private static void ThrowUnlessTimerValue(TimeSpan value, string name)
    {
        if ((value < TimeSpan.Zero && value != Timeout.InfiniteTimeSpan) || value > MaxDueTime)
        {
            throw new ArgumentOutOfRangeException(name, value,
                $"A timer takes infinite, or a time from zero to {MaxDueTime}, as the system's do.");
        }
    }
}
