namespace Ensemble.Gates;

/// <summary>
/// Milliseconds since 1970 that never go back and know no jump: anchored once at the wall clock, since states outlive machines,
/// and monotonic from there.
/// </summary>
internal sealed class GateClock(TimeProvider time, long notBefore = 0)
{
    private readonly long _anchor = Math.Max(notBefore, time.GetUtcNow().ToUnixTimeMilliseconds());
    private readonly long _started = time.GetTimestamp();

    public long Now => _anchor + (long)time.GetElapsedTime(_started).TotalMilliseconds;
}
