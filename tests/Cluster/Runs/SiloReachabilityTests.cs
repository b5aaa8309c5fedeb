using Ensemble.Cluster.Tests.Support;
using Ensemble.Grains.Reach;
using Ensemble.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ensemble.Cluster.Tests.Runs;

public sealed class SiloReachabilityTests
{
    private readonly ManualTimeProvider _time = new();
    private int _asks;
    private bool _answers = true;

    [Fact]
    public async Task IsReachable_SilosGoAndComeBack_FollowsWithinTheLimit()
    {
        using var reach = new SiloReachability(PingAsync, _time, NullLogger<SiloReachability>.Instance);
        await reach.StartAsync(Now.Cancel);
        await AskAsync(10);
        reach.IsReachable.ShouldBeTrue();

        _answers = false;
        await AskAsync((int)(SiloReachability.Grace / SiloReachability.Interval) - 1);
        reach.IsReachable.ShouldBeTrue();
        await AskAsync(1);
        reach.IsReachable.ShouldBeFalse();

        _answers = true;
        await AskAsync(1);
        await Eventually.TrueAsync(() => reach.IsReachable, Now.Cancel);

        await reach.StopAsync(Now.Cancel);
    }

    private ValueTask PingAsync(int number)
    {
        number.ShouldBeLessThan(8);
        Interlocked.Increment(ref _asks);
        return _answers ? default : ValueTask.FromException(new TimeoutException());
    }

    private async Task AskAsync(int count)
    {
        for (var tick = 0; tick < count; tick++)
        {
            var before = Volatile.Read(ref _asks);
            await _time.WaitForTimersAsync(1, Now.Cancel);
            _time.Advance(SiloReachability.Interval);
            await Eventually.TrueAsync(() => Volatile.Read(ref _asks) > before, Now.Cancel);
        }
    }
}
