using Ensemble.Gates;
using FsCheck;
using FsCheck.Fluent;

namespace Ensemble.Core.Tests.Gates;

public sealed class SlidingWindowTests
{
    private const long Start = 1_767_225_600_000;

    [Fact]
    public void Total_AnySchedule_IsNeverLessThanTheSpanHasAndNeverMoreThanABucketLonger()
    {
        var events = Gen.Choose(0, 25_000).Zip(Gen.Choose(1, 50)).ListOf();
        Prop.ForAll(Arb.From(events), script =>
        {
            var window = new SlidingWindow(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(1));
            var happened = new List<(long At, long Amount)>();
            var now = Start;
            foreach (var (wait, amount) in script)
            {
                now += wait;
                window.Advance(now);
                window.Add(now, amount);
                happened.Add((now, amount));
                window.Total.ShouldBeGreaterThanOrEqualTo(happened.Where(entry => entry.At > now - 60_000).Sum(entry => entry.Amount));
                window.Total.ShouldBeLessThanOrEqualTo(happened.Where(entry => entry.At > now - 61_000).Sum(entry => entry.Amount));
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    [Fact]
    public void TimeUntil_AnySchedule_IsTheFirstMoment()
    {
        var script = Gen.Choose(0, 9_000).Zip(Gen.Choose(1, 9)).NonEmptyListOf().Zip(Gen.Choose(0, 20));
        Prop.ForAll(Arb.From(script), entry =>
        {
            var (events, most) = entry;
            var window = new SlidingWindow(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(1));
            var now = Start;
            foreach (var (wait, amount) in events)
            {
                now += wait;
                window.Advance(now);
                window.Add(now, amount);
            }

            window.TimeUntilEmpty(now).ShouldBe(window.TimeUntil(0, now));
            var until = window.TimeUntil(most, now);
            if (until > 0)
            {
                window.Advance(now + until - 1);
                window.Total.ShouldBeGreaterThan(most);
            }

            window.Advance(now + until);
            window.Total.ShouldBeLessThanOrEqualTo(most);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    [Fact]
    public void Add_ToWhatHasLeft_CountsNothing()
    {
        var window = new SlidingWindow(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(1));
        window.Advance(Start);
        window.Add(Start, 5);
        window.Advance(Start + 61_000);

        window.Add(Start, -5);

        window.Total.ShouldBe(0);
    }

    [Fact]
    public void Advance_FarBeyondTheWindow_Empties()
    {
        var window = new SlidingWindow(TimeSpan.FromDays(1), TimeSpan.FromMinutes(10));
        window.Advance(Start);
        window.Add(Start, 7);

        window.Advance(Start + (long)TimeSpan.FromDays(1).TotalMilliseconds);
        window.Total.ShouldBe(7);
        window.Advance(Start + (long)TimeSpan.FromDays(400).TotalMilliseconds);
        window.Total.ShouldBe(0);
        window.Buckets().ShouldBeEmpty();
    }
}
