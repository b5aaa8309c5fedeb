using System.Threading.Channels;
using Ensemble.Cluster.Tests.Support;
using Ensemble.Grains.Streams;
using Ensemble.Grains.Usage;
using Ensemble.Runs;
using Ensemble.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ensemble.Cluster.Tests.Usage;

public sealed class UsagePublisherTests : IAsyncDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly HeldWire _wire = new();
    private readonly Channel<string[]> _answers = Channel.CreateUnbounded<string[]>();
    private readonly RunId _run = RunId.New();
    private readonly UsagePublisher _publisher;
    private bool _started;

    public UsagePublisherTests() => _publisher = new UsagePublisher(
        _wire,
        async () => new UsageWatchList { Epoch = new Guid(1, 0, 0, new byte[8]), Addresses = await _answers.Reader.ReadAsync(Now.Cancel) },
        _time,
        NullLogger<UsagePublisher>.Instance);

    [Fact]
    public async Task Append_NobodyWatches_IsPublishedToNobodyEver()
    {
        await ListAsync();
        Append(0);
        _publisher.Append(TestUsage.Ended(_run));
        await WatchAsync("here");
        Append(1);

        var item = await NextAsync();

        item.News.Calls.ShouldHaveSingleItem().Member.ShouldBe(1);
        item.News.Runs.ShouldBeEmpty();
    }

    [Fact]
    public async Task Append_WithinATenthOfASecond_GoesTogetherAndIsNumbered()
    {
        await WatchAsync("here");
        Append(0);
        _publisher.Append(TestUsage.Lost(_run, 1));
        _publisher.Append(TestUsage.Ended(_run, TestUsage.SubCall(_run)));

        var first = await NextAsync();
        first.Done.SetResult();
        Append(2);
        var second = await NextAsync();

        first.Address.ShouldBe("here");
        first.News.Calls.Select(call => (call.Member, call.Outcome)).ShouldBe([(0, "ok"), (1, "lost")]);
        first.News.Runs.ShouldHaveSingleItem().Usage.ShouldBe(TestUsage.Ended(_run, TestUsage.SubCall(_run)).Usage);
        (first.News.Number, second.News.Number).ShouldBe((1, 2));
        second.News.Source.ShouldBe(first.News.Source);
    }

    [Fact]
    public async Task Append_AFullItem_WaitsForNothing()
    {
        await WatchAsync("here");
        for (var member = 0; member < UsageStreams.MaxBatch + 3; member++)
        {
            Append(member);
        }

        var first = await _wire.NextAsync();
        first.Done.SetResult();

        first.News.Calls.Length.ShouldBe(UsageStreams.MaxBatch);
        (await NextAsync()).News.Calls.Length.ShouldBe(3);
    }

    [Fact]
    public async Task Append_WhileAnItemIsOnItsWay_WaitsBehindItAndTheRestIsCounted()
    {
        await WatchAsync("here");
        Append(0);
        var held = await NextAsync();
        for (var member = 0; member < UsagePublisher.Capacity + 17; member++)
        {
            Append(member);
        }

        _wire.Pending.ShouldBe(0);
        held.Done.SetResult();

        var (calls, dropped) = (0, 0L);
        while (calls < UsagePublisher.Capacity)
        {
            var item = await _wire.NextAsync();
            item.Done.SetResult();
            (calls, dropped) = (calls + item.News.Calls.Length, dropped + item.News.Dropped);
        }

        (calls, dropped).ShouldBe((UsagePublisher.Capacity, 17));
    }

    [Fact]
    public async Task Publish_Fails_TheNumberSaysThatOneIsMissing()
    {
        await WatchAsync("here");
        Append(0);
        (await NextAsync()).Done.SetException(new TimeoutException());
        Append(1);

        var next = await NextAsync();

        next.News.Number.ShouldBe(2);
        next.News.Calls.ShouldHaveSingleItem().Member.ShouldBe(1);
    }

    [Fact]
    public async Task Publish_OneOfTwoDoesNotAnswer_TheOtherIsHeldUpForFiveSecondsAtMost()
    {
        await WatchAsync("dead", "here");
        Append(0);
        var first = new[] { await NextAsync(), await _wire.NextAsync() };
        first.Single(item => item.Address == "here").Done.SetResult();
        Append(1);

        _time.Advance(TimeSpan.FromSeconds(5));

        (await NextAsync()).News.Number.ShouldBe(2);
    }

    [Fact]
    public async Task Stop_WithSomethingQueued_PublishesIt()
    {
        await WatchAsync("here");
        Append(0);

        var stopping = _publisher.StopAsync(Now.Cancel);
        var last = await NextAsync();
        last.Done.SetResult();
        await stopping;

        last.News.Calls.Length.ShouldBe(1);
        Append(1);
        _wire.Pending.ShouldBe(0);
    }

    public async ValueTask DisposeAsync()
    {
        _wire.Release();
        await _publisher.DisposeAsync();
    }

    private void Append(int member) => _publisher.Append(TestUsage.SubCall(_run, member));

    private async Task WatchAsync(params string[] addresses)
    {
        await ListAsync(addresses);
        while (!_publisher.PublishesTo(addresses[0]))
        {
            await Task.Yield();
            Now.Cancel.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Answers one question, the first or one a second later.</summary>
    private async Task ListAsync(params string[] addresses)
    {
        if (_started)
        {
            await _time.WaitForTimerAsync(TimeSpan.Zero, UsageStreams.AskInterval, Now.Cancel);
        }
        else
        {
            _started = true;
            _publisher.Start();
        }

        _answers.Writer.TryWrite(addresses).ShouldBeTrue();
        while (_answers.Reader.Count > 0)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
            Now.Cancel.ThrowIfCancellationRequested();
        }
    }

    private async Task<Item> NextAsync()
    {
        // When the publisher begins to gather is its own affair: the clock goes on until it has published.
        var next = _wire.NextAsync().AsTask();
        while (!next.IsCompleted)
        {
            _time.Advance(UsageStreams.Gather);
            await Task.Yield();
            Now.Cancel.ThrowIfCancellationRequested();
        }

        return await next;
    }

    private sealed record Item(string Address, UsageNews News, TaskCompletionSource Done);

    /// <summary>Each item is on its way until the test ends it.</summary>
    private sealed class HeldWire : IStreamWire<UsageNews>
    {
        private readonly Channel<Item> _items = Channel.CreateUnbounded<Item>();
        private readonly TaskCompletionSource _released = new();

        public int Pending => _items.Reader.Count;

        public ValueTask<Item> NextAsync() => _items.Reader.ReadAsync(Now.Cancel);

        public async Task PublishAsync(string address, UsageNews item)
        {
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _items.Writer.TryWrite(new Item(address, item, done)).ShouldBeTrue();
            await await Task.WhenAny(done.Task, _released.Task);
        }

        public void Release() => _released.TrySetResult();

        public Task<IAsyncDisposable> SubscribeAsync(string address, Action<UsageNews> receive) => throw new NotSupportedException();
    }
}
