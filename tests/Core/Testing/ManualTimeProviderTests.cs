using Ensemble.Testing;

namespace Ensemble.Core.Tests.Testing;

public class ManualTimeProviderTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public void Advance_MovesTimeAndTimestamp()
    {
        var (now, stamp) = (_clock.GetUtcNow(), _clock.GetTimestamp());

        _clock.Advance(90 * Second);

        _clock.GetUtcNow().ShouldBe(now + (90 * Second));
        _clock.GetElapsedTime(stamp).ShouldBe(90 * Second);
    }

    [Fact]
    public void Advance_SeveralTimers_FireInOrderAtTheirOwnTimes()
    {
        var start = _clock.GetUtcNow();
        var fired = new List<(string Name, TimeSpan At)>();
        void Arm(string name, int seconds, int periodSeconds = 0) => _clock.CreateTimer(
            _ => fired.Add((name, _clock.GetUtcNow() - start)), null, seconds * Second, periodSeconds * Second);
        Arm("late", 5);
        Arm("periodic", 2, 2);
        Arm("early", 1);
        Arm("tie", 2);

        _clock.Advance(5 * Second);

        fired.ShouldBe(
        [
            ("early", Second), ("periodic", 2 * Second), ("tie", 2 * Second), ("periodic", 4 * Second), ("late", 5 * Second),
        ]);
        _clock.PendingTimers.ShouldBe(1);
        _clock.GetUtcNow().ShouldBe(start + (5 * Second));
    }

    [Fact]
    public void Advance_TimerArmedByATimer_FiresWithinTheSameAdvance()
    {
        var count = 0;
        void Again(object? _) => _clock.CreateTimer(__ => count++, null, Second, Timeout.InfiniteTimeSpan);
        _clock.CreateTimer(Again, null, Second, Timeout.InfiniteTimeSpan);

        _clock.Advance(2 * Second);

        count.ShouldBe(1);
    }

    [Fact]
    public void Change_And_Dispose_MoveAndStopATimer()
    {
        var count = 0;
        var timer = _clock.CreateTimer(_ => count++, null, Second, Timeout.InfiniteTimeSpan);

        timer.Change(3 * Second, Timeout.InfiniteTimeSpan).ShouldBeTrue();
        _clock.Advance(2 * Second);
        count.ShouldBe(0);
        _clock.Advance(Second);
        count.ShouldBe(1);

        timer.Change(Second, Second).ShouldBeTrue();
        timer.Dispose();
        timer.Change(Second, Second).ShouldBeFalse();
        _clock.Advance(10 * Second);
        count.ShouldBe(1);
        _clock.PendingTimers.ShouldBe(0);
    }

    [Fact]
    public async Task CreateTimer_DueAtOnce_FiresWithoutAdvance()
    {
        var fired = new TaskCompletionSource();

        _clock.CreateTimer(_ => fired.SetResult(), null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);

        await fired.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(uint.MaxValue)]
    public void CreateTimer_TimeTheSystemRefuses_IsRefused(long milliseconds)
    {
        var due = TimeSpan.FromMilliseconds(milliseconds);

        Should.Throw<ArgumentOutOfRangeException>(() => TimeProvider.System.CreateTimer(_ => { }, null, due, Timeout.InfiniteTimeSpan));
        Should.Throw<ArgumentOutOfRangeException>(() => _clock.CreateTimer(_ => { }, null, due, Timeout.InfiniteTimeSpan));
    }

    [Fact]
    public async Task FrameworkTimers_FollowTheClock()
    {
        using var source = new CancellationTokenSource(2 * Second, _clock);
        var delay = Task.Delay(3 * Second, _clock, CancellationToken.None);
        using var periodic = new PeriodicTimer(Second, _clock);
        var tick = periodic.WaitForNextTickAsync(TestContext.Current.CancellationToken).AsTask();

        _clock.Advance(Second);
        (await tick).ShouldBeTrue();
        source.IsCancellationRequested.ShouldBeFalse();

        _clock.Advance(Second);
        source.IsCancellationRequested.ShouldBeTrue();
        delay.IsCompleted.ShouldBeFalse();

        _clock.Advance(Second);
        await delay.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task WaitForTimersAsync_CompletesWhenEnoughAreArmed()
    {
        var wait = _clock.WaitForTimersAsync(2, TestContext.Current.CancellationToken);
        _clock.CreateTimer(_ => { }, null, Second, Timeout.InfiniteTimeSpan);
        wait.IsCompleted.ShouldBeFalse();

        _clock.CreateTimer(_ => { }, null, Second, Timeout.InfiniteTimeSpan);

        await wait;
    }

    [Fact]
    public async Task WaitForTimerAsync_OtherTimersArmed_WaitsForTheOneThatFits()
    {
        _clock.CreateTimer(_ => { }, null, 9 * Second, Timeout.InfiniteTimeSpan);
        var exact = _clock.WaitForTimerAsync(2 * Second, TestContext.Current.CancellationToken);
        var between = _clock.WaitForTimerAsync(Second, 3 * Second, TestContext.Current.CancellationToken);
        exact.IsCompleted.ShouldBeFalse();
        between.IsCompleted.ShouldBeFalse();

        _clock.CreateTimer(_ => { }, null, 2 * Second, Timeout.InfiniteTimeSpan);

        await exact;
        (await between).ShouldBe(2 * Second);
        _clock.PendingTimers.ShouldBe(2);
    }

    [Fact]
    public async Task WaitForTimersAsync_Cancelled_Throws()
    {
        using var source = new CancellationTokenSource();
        var wait = _clock.WaitForTimersAsync(1, source.Token);

        await source.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(wait);
    }
}
