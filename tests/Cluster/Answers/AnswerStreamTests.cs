using Ensemble.Cluster.Tests.Support;
using Ensemble.Grains.Answers;
using Ensemble.Grains.Runs;
using Ensemble.Runs;
using Ensemble.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ensemble.Cluster.Tests.Answers;

public sealed class AnswerStreamTests : IAsyncDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly MemoryWire<AnswerBatch> _wire = new();
    private readonly RunId _run = RunId.New();
    private readonly AnswerStream _stream;
    private long? _last = 0;

    public AnswerStreamTests() =>
        _stream = new AnswerStream(_wire, _ => Task.FromResult(_last), _time, NullLogger<AnswerStream>.Instance);

    [Fact]
    public async Task Start_BeatComesBack_IsLive()
    {
        _stream.IsLive.ShouldBeFalse();
        _stream.Open(_run, 1).ShouldBeNull();

        await _stream.StartAsync(Now.Cancel);

        _stream.IsLive.ShouldBeTrue();
        _stream.Open(_run, 1).ShouldBe(_wire.Subscribed.ShouldHaveSingleItem());
    }

    [Fact]
    public async Task Beats_ThreeMissed_RunsPullAndAnotherSubscriptionServes()
    {
        await _stream.StartAsync(Now.Cancel);
        _stream.Open(_run, 1);
        var inbox = _stream.Claim(_run)!;
        _wire.IsSilent = true;

        _time.Advance(TimeSpan.FromSeconds(3));
        _stream.IsLive.ShouldBeTrue();
        _time.Advance(TimeSpan.FromSeconds(1));

        _stream.IsLive.ShouldBeFalse();
        inbox.IsClosed.ShouldBeTrue();
        _stream.Open(RunId.New(), 1).ShouldBeNull();
        _wire.Ended.ShouldBe([_wire.Subscribed[0]]);

        var live = _stream.WaitUntilLiveAsync(Now.Cancel);
        live.IsCompleted.ShouldBeFalse();
        _wire.IsSilent = false;
        _time.Advance(TimeSpan.FromSeconds(1));

        await live;
        _wire.Subscribed.Count.ShouldBe(2);
        _stream.Open(_run, 1).ShouldBe(_wire.Subscribed[1]);
        _wire.Subscribed[1].ShouldNotBe(_wire.Subscribed[0]);
    }

    [Fact]
    public async Task Beats_TwoMissed_ChangeNothing()
    {
        await _stream.StartAsync(Now.Cancel);
        _stream.Open(_run, 1);
        var inbox = _stream.Claim(_run)!;
        for (var round = 0; round < 5; round++)
        {
            _wire.IsSilent = true;
            _time.Advance(TimeSpan.FromSeconds(2));
            _wire.IsSilent = false;
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        _stream.IsLive.ShouldBeTrue();
        inbox.IsClosed.ShouldBeFalse();
        _wire.Subscribed.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Beats_OfASubscriptionThatWasGivenUp_DoNotCount()
    {
        await _stream.StartAsync(Now.Cancel);
        _wire.IsSilent = true;
        _time.Advance(TimeSpan.FromSeconds(4));
        _stream.IsLive.ShouldBeFalse();

        _wire.Deliver(_wire.Subscribed[0], _wire.Lost[^2]);
        _stream.IsLive.ShouldBeFalse();
        _wire.Deliver(_wire.Subscribed[1], _wire.Lost[^1]);
        _stream.IsLive.ShouldBeTrue();
    }

    [Fact]
    public async Task Subscription_Hangs_AnotherIsTriedAndTheLateOneEnded()
    {
        var opening = new TaskCompletionSource();
        _wire.Opening = opening.Task;
        var starting = _stream.StartAsync(Now.Cancel);
        _time.Advance(TimeSpan.FromSeconds(4));
        _wire.Subscribed.Count.ShouldBe(1);
        starting.IsCompleted.ShouldBeFalse();
        _wire.Opening = Task.CompletedTask;

        _time.Advance(TimeSpan.FromSeconds(1));

        await starting;
        await _stream.WaitUntilLiveAsync(Now.Cancel);
        _wire.Subscribed.Count.ShouldBe(2);
        opening.SetResult();
        _wire.Ended.ShouldBe([_wire.Subscribed[0]]);
        _stream.IsLive.ShouldBeTrue();
    }

    [Fact]
    public async Task Subscription_Fails_AnotherIsTriedAtTheNextBeat()
    {
        _wire.Opening = Task.FromException(new TimeoutException());
        await _stream.StartAsync(Now.Cancel);
        _wire.Opening = Task.CompletedTask;

        _time.Advance(TimeSpan.FromSeconds(1));

        _stream.IsLive.ShouldBeTrue();
    }

    [Theory]
    [InlineData(0L, false)]
    [InlineData(3L, true)]
    [InlineData(null, true)]
    public async Task Run_IsSilent_PullsWhereItIsAheadOrUnknown(long? last, bool pulls)
    {
        await _stream.StartAsync(Now.Cancel);
        _stream.Open(_run, 1);
        var inbox = _stream.Claim(_run)!;
        _last = last;

        _time.Advance(TimeSpan.FromSeconds(1));
        inbox.IsClosed.ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(1));

        inbox.IsClosed.ShouldBe(pulls);
    }

    [Fact]
    public async Task Run_ReaderIsSlow_KeepsWhatFitsAndPullsTheRest()
    {
        await _stream.StartAsync(Now.Cancel);
        var address = _stream.Open(_run, 1)!;
        for (var number = 1; number <= AnswerInbox.Capacity + 5; number++)
        {
            var delta = new AnswerDelta("a");
            delta.Stamp(number, 1);
            _wire.Deliver(address, AnswerBatch.Of(_run, 1, number, [RunEventMessage.From(delta)]));
        }

        var inbox = _stream.Claim(_run)!;
        var kept = 0;
        while (inbox.Batches.TryRead(out var batch))
        {
            batch.FirstSequence.ShouldBe(++kept);
        }

        kept.ShouldBe(AnswerInbox.Capacity);
        inbox.IsClosed.ShouldBeTrue();
    }

    [Fact]
    public async Task Claim_Twice_IsForOneReader()
    {
        await _stream.StartAsync(Now.Cancel);
        _stream.Open(_run, 1);

        _stream.Claim(_run).ShouldNotBeNull();
        _stream.Claim(_run).ShouldBeNull();
    }

    [Fact]
    public async Task Stop_Subscribed_EndsItAndClosesAll()
    {
        await _stream.StartAsync(Now.Cancel);
        _stream.Open(_run, 1);
        var inbox = _stream.Claim(_run)!;

        await _stream.StopAsync(Now.Cancel);

        _wire.Ended.ShouldBe(_wire.Subscribed);
        inbox.IsClosed.ShouldBeTrue();
        _stream.IsLive.ShouldBeFalse();
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();
}
