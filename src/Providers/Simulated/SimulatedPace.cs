using Ensemble.Catalog;

namespace Ensemble.Providers.Simulated;

/// <summary>When each token is due. Counted from the call's start, so that late timers do not add up.</summary>
internal sealed class SimulatedPace(TimeProvider time, SimulatedConfig config, SimulatedDraw draw)
{
    private const double MaxSeconds = 86_400;

    private readonly long _start = time.GetTimestamp();
    private readonly TimeSpan _latency =
        config.MinLatency + ((config.MaxLatency - config.MinLatency) * draw.Share(SimulatedPurpose.Latency));

    /// <param name="token">From 0; token 0 is due after the latency.</param>
    public ValueTask WaitForAsync(int token, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var writing = config.TokensPerSecond > 0
            ? TimeSpan.FromSeconds(Math.Min(token / config.TokensPerSecond, MaxSeconds))
            : TimeSpan.Zero;
        var due = _latency + writing;
        if (due <= TimeSpan.Zero)
        {
            return ValueTask.CompletedTask;
        }

        var left = due - time.GetElapsedTime(_start);
        if (left <= TimeSpan.Zero)
        {
            return ValueTask.CompletedTask;
        }

        // A delay drops fractions of a millisecond; rounded up, no token comes before it is due.
        var whole = TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds));
        return new ValueTask(Task.Delay(whole, time, cancellationToken));
    }
}
