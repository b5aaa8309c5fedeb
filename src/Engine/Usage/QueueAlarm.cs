namespace Ensemble.Usage;

/// <summary>
/// When to say how full a queue is: at once when it becomes half and nearly full, again after each <see cref="Interval"/> for as long as it
/// is, and once when less than a quarter is taken. A queue that goes up and down says no more than one that stays. Thread-safe; below half
/// it costs a comparison.
/// </summary>
/// <param name="capacity">What fits in, in any unit.</param>
internal sealed class QueueAlarm(long capacity, TimeProvider time)
{
    /// <summary>Between two that say the same: 15 s.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    private const long Never = long.MinValue;

    private long _halfReportedAt = Never;
    private long _nearlyFullReportedAt = Never;
    private int _isRaised;

    public QueueLevel LevelOf(long taken) =>
        taken < capacity - taken ? QueueLevel.Low : taken < capacity / 4 * 3 ? QueueLevel.Half : QueueLevel.NearlyFull;

    /// <param name="taken">What is in now.</param>
    /// <returns>What is to be said, <see cref="QueueLevel.Low"/> where all is well again; null = nothing.</returns>
    public QueueLevel? Notice(long taken)
    {
        var level = LevelOf(taken);
        if (level == QueueLevel.Low)
        {
            return taken < capacity / 4 && Volatile.Read(ref _isRaised) == 1 && Interlocked.Exchange(ref _isRaised, 0) == 1 ? level : null;
        }

        if (!IsDue(ref level == QueueLevel.Half ? ref _halfReportedAt : ref _nearlyFullReportedAt))
        {
            return null;
        }

        Volatile.Write(ref _halfReportedAt, time.GetTimestamp());
        Volatile.Write(ref _isRaised, 1);
        return level;
    }

    private bool IsDue(ref long said)
    {
        var (before, now) = (Volatile.Read(ref said), time.GetTimestamp());
        return (before == Never || time.GetElapsedTime(before, now) >= Interval)
            && Interlocked.CompareExchange(ref said, now, before) == before;
    }
}
