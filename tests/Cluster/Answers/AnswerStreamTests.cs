using Ensemble.Cluster.Tests.Support;
using Ensemble.Grains.Answers;
using Ensemble.Runs;
using Ensemble.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Streams;

namespace Ensemble.Cluster.Tests.Answers;

public sealed class AnswerStreamTests
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(2);

    private readonly ManualTimeProvider _time = new();
    private readonly RunId _run = RunId.New();
    private readonly AnswerStream _stream;
    private TestSubscription<AnswerBatch> _subscription = null!;

    public AnswerStreamTests() => _stream = new AnswerStream(
        observer => Task.FromResult<StreamSubscriptionHandle<AnswerBatch>>(_subscription = new("here|1", observer)),
        _time,
        NullLogger<AnswerStream>.Instance);

    [Fact]
    public async Task Open_BeforeAndAfterStart_IsPulledThenPushed()
    {
        _stream.Open(_run, 1).ShouldBeNull();

        await _stream.StartAsync(Now.Cancel);

        _stream.Open(_run, 1).ShouldBe("here|1");
    }

    [Fact]
    public async Task Push_OfARunThatIsAwaited_IsTaken()
    {
        await _stream.StartAsync(Now.Cancel);
        _stream.Open(_run, 1);

        await PushAsync(1);
        await PushAsync(2);

        var batches = _stream.Claim(_run)!.Batches;
        batches.TryRead(out var first).ShouldBeTrue();
        batches.TryRead(out var second).ShouldBeTrue();
        (first.FirstSequence, second.FirstSequence).ShouldBe((1, 2));
    }

    [Fact]
    public async Task Push_OfARunThatIsNotAwaited_FailsSoThatItsSiloEnds()
    {
        await _stream.StartAsync(Now.Cancel);
        await Should.ThrowAsync<InvalidOperationException>(() => PushAsync(1));
        _stream.Open(_run, 1);
        await PushAsync(1);

        _stream.Close(_run);

        await Should.ThrowAsync<InvalidOperationException>(() => PushAsync(2));
    }

    [Fact]
    public async Task Push_OfAnOlderIncarnation_FailsAndTheNewOneIsTaken()
    {
        await _stream.StartAsync(Now.Cancel);
        _stream.Open(_run, 2);

        await Should.ThrowAsync<InvalidOperationException>(() => PushAsync(1));
        await PushAsync(1, incarnation: 2);

        _stream.Claim(_run)!.IsClosed.ShouldBeFalse();
    }

    [Fact]
    public async Task Push_ReaderIsSlow_KeepsWhatFitsAndPullsTheRest()
    {
        await _stream.StartAsync(Now.Cancel);
        _stream.Open(_run, 1);
        for (var number = 1; number <= StreamBuffer.Capacity; number++)
        {
            await PushAsync(number);
        }

        await Should.ThrowAsync<InvalidOperationException>(() => PushAsync(StreamBuffer.Capacity + 1));

        var inbox = _stream.Claim(_run)!;
        inbox.IsClosed.ShouldBeTrue();
        var kept = 0;
        while (inbox.Batches.TryRead(out var batch))
        {
            batch.FirstSequence.ShouldBe(++kept);
        }

        kept.ShouldBe(StreamBuffer.Capacity);
        _stream.Open(RunId.New(), 1).ShouldNotBeNull("a slow reader says nothing of the stream");
    }

    [Theory]
    [InlineData(1L, false)]
    [InlineData(3L, true)]
    [InlineData(null, true)]
    public async Task Check_RunIsSilent_PullsWhereItIsAheadOrGone(long? last, bool pulls)
    {
        await _stream.StartAsync(Now.Cancel);
        _stream.Open(_run, 1);
        var inbox = _stream.Claim(_run)!;
        await PushAsync(1);

        _time.Advance(TimeSpan.FromSeconds(1.9));
        _stream.Check(_run, last, Silence);
        inbox.IsClosed.ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(0.1));
        _stream.Check(_run, last, Silence);

        inbox.IsClosed.ShouldBe(pulls);
    }

    [Fact]
    public async Task Check_PushedButNotArrived_OtherRunsArePulledForAWhile()
    {
        await _stream.StartAsync(Now.Cancel);
        _stream.Open(_run, 1);
        _time.Advance(Silence);

        _stream.Check(_run, 3, Silence);

        var other = RunId.New();
        _stream.Open(other, 1).ShouldBeNull();
        _time.Advance(AnswerStream.Pause - TimeSpan.FromSeconds(0.1));
        _stream.Open(other, 1).ShouldBeNull();
        _time.Advance(TimeSpan.FromSeconds(0.1));
        _stream.Open(other, 1).ShouldNotBeNull();
    }

    [Fact]
    public async Task Check_SiloIsGone_OtherRunsArePushed()
    {
        await _stream.StartAsync(Now.Cancel);
        _stream.Open(_run, 1);
        _time.Advance(Silence);

        _stream.Check(_run, null, Silence);

        _stream.Open(RunId.New(), 1).ShouldNotBeNull();
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

        _subscription.HasEnded.ShouldBeTrue();
        inbox.IsClosed.ShouldBeTrue();
        _stream.Awaited.ShouldBe(0);
        _stream.Open(_run, 1).ShouldBeNull();
    }

    private Task PushAsync(long number, int incarnation = 1)
    {
        var delta = new AnswerDelta("a");
        delta.Stamp(number, incarnation);
        return _subscription.DeliverAsync(AnswerBatch.Of(_run, incarnation, number, [RunEventMessage.From(delta)]));
    }
}
