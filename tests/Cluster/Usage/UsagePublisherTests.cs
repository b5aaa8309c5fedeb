using Ensemble.Cluster.Tests.Support;
using Ensemble.Grains.Usage;
using Ensemble.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ensemble.Cluster.Tests.Usage;

public sealed class UsagePublisherTests : IAsyncDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly HeldStreams<UsageStreamBatch> _streams = new();
    private readonly List<string> _watching = [];
    private readonly RunId _run = RunId.New();
    private readonly UsagePublisher _publisher;

    public UsagePublisherTests()
    {
        _publisher = new UsagePublisher(_streams.Find, _time, NullLogger<UsagePublisher>.Instance);
        _publisher.Start();
    }

    [Fact]
    public async Task Append_NobodyWatches_IsPublishedToNobodyEver()
    {
        Append(0);
        _publisher.Append(TestUsage.Ended(_run));
        Watch("here");
        Append(1);

        var item = await NextAsync();

        item.Item.Calls.ShouldHaveSingleItem().Member.ShouldBe(1);
        item.Item.Runs.ShouldBeEmpty();
    }

    [Fact]
    public async Task Append_WithinATenthOfASecond_GoesTogetherAndIsNumbered()
    {
        Watch("here");
        Append(0);
        _publisher.Append(TestUsage.Lost(_run, 1));
        _publisher.Append(TestUsage.Ended(_run, TestUsage.SubCall(_run)));

        var first = await NextAsync();
        first.Done.SetResult();
        Append(2);
        var second = await NextAsync();

        first.Key.ShouldBe("here");
        first.Item.Calls.Select(call => (call.Member, call.Outcome)).ShouldBe([(0, "ok"), (1, "lost")]);
        first.Item.Runs.ShouldHaveSingleItem().Usage.ShouldBe(TestUsage.Ended(_run, TestUsage.SubCall(_run)).Usage);
        (first.Item.Number, second.Item.Number).ShouldBe((1, 2));
        second.Item.Source.ShouldBe(first.Item.Source);
    }

    [Fact]
    public async Task Append_AFullItem_WaitsForNothing()
    {
        Watch("here");
        for (var member = 0; member < UsageStreams.MaxBatch + 3; member++)
        {
            Append(member);
        }

        var first = await _streams.NextAsync();
        first.Done.SetResult();

        first.Item.Calls.Length.ShouldBe(UsageStreams.MaxBatch);
        (await NextAsync()).Item.Calls.Length.ShouldBe(3);
    }

    [Fact]
    public async Task Append_WhileAnItemIsOnItsWay_WaitsBehindItAndTheRestIsCounted()
    {
        Watch("here");
        Append(0);
        var held = await NextAsync();
        for (var member = 0; member < UsagePublisher.Capacity + 17; member++)
        {
            Append(member);
        }

        _streams.Pending.ShouldBe(0);
        held.Done.SetResult();

        var (calls, dropped) = (0, 0L);
        while (calls < UsagePublisher.Capacity)
        {
            var item = await _streams.NextAsync();
            item.Done.SetResult();
            (calls, dropped) = (calls + item.Item.Calls.Length, dropped + item.Item.Dropped);
        }

        (calls, dropped).ShouldBe((UsagePublisher.Capacity, 17));
    }

    [Fact]
    public async Task Publish_Fails_TheNumberSaysThatOneIsMissing()
    {
        Watch("here");
        Append(0);
        (await NextAsync()).Done.SetException(new TimeoutException());
        Append(1);

        var next = await NextAsync();

        next.Item.Number.ShouldBe(2);
        next.Item.Calls.ShouldHaveSingleItem().Member.ShouldBe(1);
    }

    [Fact]
    public async Task Publish_OneOfTwoDoesNotAnswer_TheOtherIsHeldUpForFiveSecondsAtMost()
    {
        Watch("dead", "here");
        Append(0);
        var first = new[] { await NextAsync(), await _streams.NextAsync() };
        first.Single(item => item.Key == "here").Done.SetResult();
        Append(1);

        _time.Advance(TimeSpan.FromSeconds(5));

        (await NextAsync()).Item.Number.ShouldBe(2);
    }

    [Fact]
    public async Task Append_WatcherDoesNotSayAgainThatItWatches_IsPublishedToNobody()
    {
        _publisher.Watch("gone");
        _time.Advance(UsageStreams.Lease / 2);
        Watch("here");
        _time.Advance(UsageStreams.Lease / 2);
        Append(0);

        (await NextAsync()).Key.ShouldBe("here");

        _streams.Pending.ShouldBe(0);
        _publisher.PublishesTo("gone").ShouldBeFalse();
    }

    [Fact]
    public async Task Stop_WithSomethingQueued_PublishesIt()
    {
        Watch("here");
        Append(0);

        var stopping = _publisher.StopAsync(Now.Cancel);
        var last = await NextAsync();
        last.Done.SetResult();
        await stopping;

        last.Item.Calls.Length.ShouldBe(1);
        Append(1);
        _streams.Pending.ShouldBe(0);
    }

    public async ValueTask DisposeAsync()
    {
        _streams.Release();
        await _publisher.DisposeAsync();
    }

    private void Watch(params string[] streams)
    {
        _watching.AddRange(streams);
        _watching.ForEach(stream => _publisher.Watch(stream));
    }

    private void Append(int member) => _publisher.Append(TestUsage.SubCall(_run, member));

    private async Task<HeldStreams<UsageStreamBatch>.Message> NextAsync()
    {
        // When the publisher begins to gather is its own affair: the clock goes on until it has published.
        var next = _streams.NextAsync().AsTask();
        await Eventually.TrueAsync(
            () =>
            {
                _time.Advance(UsageStreams.Gather);
                Watch();
                return next.IsCompleted;
            },
            Now.Cancel);
        return await next;
    }
}
