using Ensemble.Cluster.Tests.Support;
using Ensemble.Grains.Usage;
using Ensemble.Runs;
using Ensemble.Testing;
using Ensemble.Usage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ensemble.Cluster.Tests.Usage;

/// <summary>What a frontend does while it is watched, and what its watchers are told where the cluster's stream fails.</summary>
public sealed class UsageListenerTests : IAsyncDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly MemoryWire<UsageNews> _wire = new();
    private readonly RecordedWatch _watch = new();
    private readonly UsageFeed _feed = new();
    private readonly RunId _run = RunId.New();
    private readonly UsageListener _listener;

    public UsageListenerTests() => _listener = new UsageListener(_feed, _wire, _watch, _time, NullLogger<UsageListener>.Instance);

    [Fact]
    public async Task Watchers_ComeAndGo_SubscribedWhileThereIsOne()
    {
        await _listener.StartAsync(Now.Cancel);
        _time.Advance(TimeSpan.FromSeconds(10));
        (_wire.Subscribed.Count, _watch.Renewed.Count).ShouldBe((0, 0));

        var first = Watch();
        var second = Watch();
        var address = _wire.Subscribed.ShouldHaveSingleItem();
        _watch.Renewed.ShouldBe([address]);
        first.Dispose();
        _wire.Ended.ShouldBeEmpty();
        second.Dispose();

        _wire.Ended.ShouldBe([address]);
        _watch.Left.ShouldBe([address]);
        _time.Advance(TimeSpan.FromSeconds(10));
        _watch.Renewed.Count.ShouldBe(1);
        using var third = Watch();
        _wire.Subscribed.Count.ShouldBe(2);
        _wire.Subscribed[1].ShouldNotBe(address);
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

    [Fact]
    public async Task Beats_DoNotComeBack_IsToldAsAGapAndAnotherSubscriptionServes()
    {
        await _listener.StartAsync(Now.Cancel);
        using var watcher = Watch();
        Deliver("a", 1);
        Take(watcher);
        _wire.IsSilent = true;

        _time.Advance(TimeSpan.FromSeconds(3));
        Take(watcher).ShouldBe("");
        _time.Advance(TimeSpan.FromSeconds(1));
        Take(watcher).ShouldBe("gap");
        _wire.Ended.ShouldBe([_wire.Subscribed[0]]);
        _wire.IsSilent = false;
        _time.Advance(TimeSpan.FromSeconds(1));

        _watch.Renewed[^1].ShouldBe(_wire.Subscribed[1]);
        Take(watcher).ShouldBe("", "silos do not know it yet");
        _time.Advance(TimeSpan.FromSeconds(4));
        Take(watcher).ShouldBe("gap");
        _time.Advance(TimeSpan.FromSeconds(20));
        Deliver("a.2", 1);
        Take(watcher).ShouldBe("a.21");
        _wire.Deliver(_wire.Subscribed[0], new UsageNews { Source = "a", Number = 2 });
        Take(watcher).ShouldBe("", "what comes late at the old address may have come at the new one");
    }

    [Fact]
    public async Task Lease_IsForgotten_IsToldAsAGap()
    {
        await _listener.StartAsync(Now.Cancel);
        using var watcher = Watch();
        _time.Advance(TimeSpan.FromSeconds(4));
        Take(watcher).ShouldBe("");

        _watch.Known.Clear();
        _time.Advance(TimeSpan.FromSeconds(2));
        Take(watcher).ShouldBe("gap");
        _time.Advance(TimeSpan.FromSeconds(2));
        Take(watcher).ShouldBe("gap", "now every silo knows it again");
        _time.Advance(TimeSpan.FromSeconds(4));
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

        _listener.Leased.ShouldBe(_wire.Subscribed[0]);
        Take(watcher).ShouldBe("");
    }

    [Fact]
    public async Task Stop_WhileWatched_EndsTheSubscription()
    {
        await _listener.StartAsync(Now.Cancel);
        using var watcher = Watch();

        await _listener.StopAsync(Now.Cancel);

        _wire.Ended.ShouldBe(_wire.Subscribed);
        _watch.Left.ShouldBe(_wire.Subscribed);
        using var other = Watch();
        _wire.Subscribed.Count.ShouldBe(1);
    }

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private UsageWatcher Watch() => _feed.TryWatch(new UsageWatch())!;

    private void Deliver(string source, long number, long dropped = 0) => _wire.Deliver(_wire.Subscribed[^1], new UsageNews
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

        public HashSet<string> Known { get; } = [];

        public bool Fails { get; set; }

        public Task<bool> RenewAsync(string address)
        {
            if (Fails)
            {
                return Task.FromException<bool>(new TimeoutException());
            }

            Renewed.Add(address);
            return Task.FromResult(Known.Add(address));
        }

        public Task LeaveAsync(string address)
        {
            Left.Add(address);
            return Task.CompletedTask;
        }
    }
}
