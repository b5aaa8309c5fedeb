namespace Ensemble.Testing;

/// <summary>
/// The system's clock, set forward by as much as a test says. Timers run as the system's do, and are not fired by a shift: it is for
/// waits during which nothing else is under way.
/// </summary>
public sealed class ShiftedTimeProvider : TimeProvider
{
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Shifted;

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    /// <summary>How far it has been set forward.</summary>
    public TimeSpan Shifted => TimeSpan.FromTicks(Interlocked.Read(ref _ticks));

    public void Shift(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        Interlocked.Add(ref _ticks, by.Ticks);
    }
}
