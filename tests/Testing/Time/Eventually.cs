using System.Diagnostics;

namespace Ensemble.Testing;

/// <summary>
/// Waits for a state that sends no signal, as another process's is. Where there is an event to wait for, a test waits for that.
/// </summary>
public static class Eventually
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan MaxPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Ample, as the machine may have other work: a test that needs less says so with <c>within</c>.</summary>
    private static readonly TimeSpan Default = TimeSpan.FromSeconds(60);

    /// <exception cref="TimeoutException">It did not become true in time.</exception>
    public static Task TrueAsync(Func<bool> condition, CancellationToken cancellationToken, TimeSpan? within = null) =>
        TrueAsync(() => Task.FromResult(condition()), cancellationToken, within);

    /// <inheritdoc cref="TrueAsync(Func{bool}, CancellationToken, TimeSpan?)"/>
    public static async Task TrueAsync(Func<Task<bool>> condition, CancellationToken cancellationToken, TimeSpan? within = null)
    {
        var limit = within ?? Default;
        var began = Stopwatch.GetTimestamp();
        for (var pause = FirstPause; !await condition(); pause = pause * 2 < MaxPause ? pause * 2 : MaxPause)
        {
            if (Stopwatch.GetElapsedTime(began) > limit)
            {
                throw new TimeoutException($"It did not become true within {limit.TotalSeconds:f0} s.");
            }

            await Task.Delay(pause, TimeProvider.System, cancellationToken);
        }
    }
}
