using Ensemble.Testing;
using Ensemble.Usage;

namespace Ensemble.Core.Tests.Usage;

public sealed class QueueAlarmTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly QueueAlarm _alarm;

    public QueueAlarmTests() => _alarm = new QueueAlarm(capacity: 100, _time);

    [Fact]
    public void Notice_AQueueThatFillsAndDrains_SaysEachStepOnce() =>
        Notice(0, 49, 50, 51, 74, 75, 100, 60, 26, 24, 10).ShouldBe([null, null, QueueLevel.Half, null, null, QueueLevel.NearlyFull, null, null, null, QueueLevel.Low, null]);

    [Fact]
    public void Notice_AQueueThatStays_IsSaidAgainAfterEachInterval()
    {
        Notice(80).ShouldBe([QueueLevel.NearlyFull]);
        _time.Advance(QueueAlarm.Interval - TimeSpan.FromMilliseconds(1));
        Notice(80, 60).ShouldBe([null, null]);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Notice(80, 60).ShouldBe([QueueLevel.NearlyFull, null]);
        _time.Advance(QueueAlarm.Interval);

        Notice(60, 80, 60).ShouldBe([QueueLevel.Half, QueueLevel.NearlyFull, null]);
    }

    [Fact]
    public void Notice_AQueueThatGoesUpAndDown_SaysNoMoreThanOneThatStays()
    {
        var said = Enumerable.Range(0, 1000).SelectMany(_ =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(30));
            return Notice(50, 80, 60, 10);
        }).OfType<QueueLevel>().ToList();

        // 30 s: at the beginning and after 15 s.
        said.ShouldBe([QueueLevel.Half, QueueLevel.NearlyFull, QueueLevel.Low, QueueLevel.Half, QueueLevel.NearlyFull, QueueLevel.Low]);
    }

    private List<QueueLevel?> Notice(params long[] taken) => [.. taken.Select(_alarm.Notice)];
}
