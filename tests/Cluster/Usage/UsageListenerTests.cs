using Ensemble.Cluster.Tests.Support;
using Ensemble.Grains.Usage;
using Ensemble.Testing;
using Ensemble.Usage;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Streams;

namespace Ensemble.Cluster.Tests.Usage;

/// <summary>What a frontend does while it is watched, and what its watchers are told where the cluster's stream fails.</summary>
public sealed class UsageListenerTests : IAsyncDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly List<TestSubscription<UsageStreamBatch>> _subscribed = [];
    private readonly RecordedWatch _watch = new();
    private readonly UsageFeed _feed = new();
    private readonly RunId _run = RunId.New();
    private readonly UsageListener _listener;

    public UsageListenerTests() => _listener = new UsageListener(
        _feed,
        observer =>
        {
            _subscribed.Add(new($"here|{_subscribed.Count}", observer));
            return Task.FromResult<StreamSubscriptionHandle<UsageStreamBatch>>(_subscribed[^1]);
        },
        _watch,
        _time,
        NullLogger<UsageListener>.Instance);

    [Fact]
    public async Task Watchers_ComeAndGo_SubscribedWhileThereIsOne()
    {
        await _listener.StartAsync(Now.Cancel);
        _time.Advance(TimeSpan.FromSeconds(10));
        (_subscribed.Count, _watch.Renewed.Count).ShouldBe((0, 0));

        var first = Watch();
        var second = Watch();
        var address = _subscribed.ShouldHaveSingleItem().Key;
        _watch.Renewed.ShouldBe([address]);
        first.Dispose();
        _subscribed[0].HasEnded.ShouldBeFalse();
        second.Dispose();

        _subscribed[0].HasEnded.ShouldBeTrue();
        _watch.Left.ShouldBe([address]);
        _time.Advance(TimeSpan.FromSeconds(10));
        _watch.Renewed.Count.ShouldBe(1);
        using var third = Watch();
        _subscribed.Count.ShouldBe(2);
        _subscribed[1].Key.ShouldNotBe(address);
    }

    [Fact]
    public async Task Watched_ForAWhile_SaysSoEveryTwoSeconds()
    {
        await _listener.StartAsync(Now.Cancel);
        using var watcher = Watch();

        _time.Advance(TimeSpan.FromSeconds(10));

        _watch.Renewed.Count.ShouldBe(6);
        Take(watcher).ShouldBe("");
    }

    [Fact]
    public async Task Items_OfTwoSilos_AreShownOnceAndEachCountsForItself()
    {
        await _listener.StartAsync(Now.Cancel);
        using var watcher = Watch();

        Deliver("a", 1);
        Deliver("b", 1);
        Deliver("a", 1);
        Deliver("a", 2);

        Take(watcher).ShouldBe("a1 b1 a2");
    }

    [Fact]
    public async Task Items_OneIsMissing_IsToldAsAGap()
    {
        await _listener.StartAsync(Now.Cancel);
        using var watcher = Watch();
        Deliver("a", 1);
        Deliver("b", 1);
        Take(watcher);

        Deliver("a", 3);
        Take(watcher).ShouldBe("gap a3");
        Deliver("b", 2);
        Take(watcher).ShouldBe("b2");
        Deliver("c", 2);
        Take(watcher).ShouldBe("gap c2");
    }

    [Fact]
    public async Task Item_WithSomethingDropped_TellsHowMuch()
    {
        await _listener.StartAsync(Now.Cancel);
        using var watcher = Watch();

        Deliver("a", 1, dropped: 17);

        Take(watcher).ShouldBe("dropped17 a1");
    }

    [Theory]
    [InlineData("a b", "a", true)]
    [InlineData("a", "a b", true)]
    [InlineData("a", "a.2", true)]
    [InlineData("a b", "b a", false)]
    public async Task Silos_NewGoneOrCountingAgain_IsToldAsAGap(string before, string after, bool gap)
    {
        _watch.Sources = before.Split(' ');
        await _listener.StartAsync(Now.Cancel);
        using var watcher = Watch();
        _time.Advance(UsageStreams.RenewalInterval);
        Take(watcher).ShouldBe("");

        _watch.Sources = after.Split(' ');
        _time.Advance(UsageStreams.RenewalInterval);

        Take(watcher).ShouldBe(gap ? "gap" : "");
        _time.Advance(UsageStreams.RenewalInterval);
        Take(watcher).ShouldBe("");
    }

    [Fact]
    public async Task Lease_CannotBeRenewed_IsTriedAgainWithoutAWord()
    {
        await _listener.StartAsync(Now.Cancel);
        _watch.Fails = true;
        using var watcher = Watch();
        _listener.Leased.ShouldBeNull();
        _watch.Fails = false;

        _time.Advance(TimeSpan.FromSeconds(2));

        _listener.Leased.ShouldBe(_subscribed[0].Key);
        Take(watcher).ShouldBe("");
    }

    [Fact]
    public async Task Stop_WhileWatched_EndsTheSubscription()
    {
        await _listener.StartAsync(Now.Cancel);
        using var watcher = Watch();

        await _listener.StopAsync(Now.Cancel);

        _subscribed.ShouldHaveSingleItem().HasEnded.ShouldBeTrue();
        _watch.Left.ShouldBe([_subscribed[0].Key]);
        using var other = Watch();
        _subscribed.Count.ShouldBe(1);
    }

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private UsageWatcher Watch() => _feed.TryWatch(new UsageWatch())!;

    private void Deliver(string source, long number, long dropped = 0) => _ = _subscribed[^1].DeliverAsync(new UsageStreamBatch
    {
        Source = source,
        Number = number,
        Calls = [UsageRow.Of(TestUsage.SubCall(_run) with { Model = $"{source}{number}" })],
        Dropped = dropped,
    });

    private static string Take(UsageWatcher watcher)
    {
        var told = new List<string>();
        while (watcher.TryTake(out var note))
        {
            told.Add(note.Call?.Model ?? (note.Dropped > 0 ? $"dropped{note.Dropped}" : "gap"));
        }

        return string.Join(' ', told);
    }

    private sealed class RecordedWatch : IUsageWatch
    {
        public List<string> Renewed { get; } = [];

        public List<string> Left { get; } = [];

        /// <summary>Of the silos that there are.</summary>
        public string[] Sources { get; set; } = ["a"];

        public bool Fails { get; set; }

        public Task<string[]> RenewAsync(string stream)
        {
            if (Fails)
            {
                return Task.FromException<string[]>(new TimeoutException());
            }

            Renewed.Add(stream);
            return Task.FromResult(Sources);
        }

        public Task LeaveAsync(string stream)
        {
            Left.Add(stream);
            return Task.CompletedTask;
        }
    }
}
