using System.Threading.Channels;
using Ensemble.Cluster.Tests.Support;
using Ensemble.Grains.Answers;
using Ensemble.Grains.Streams;
using Ensemble.Runs;
using Ensemble.Testing;
using Ensemble.Usage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ensemble.Cluster.Tests.Answers;

public sealed class AnswerPublisherTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly HeldWire _wire = new();
    private readonly RunJournal _journal = new(1);
    private readonly RunId _run = RunId.New();

    [Fact]
    public async Task Publish_FirstEventAndTheRest_FirstAtOnceThenTogether()
    {
        _journal.Append(new AnswerDelta("first"));
        var publishing = Publish();
        var first = await _wire.NextAsync();
        first.Batch.Events.ShouldHaveSingleItem().Text.ShouldBe("first");

        // While it is in flight, others pile up; they wait for it, not it for them.
        _journal.Append(new AnswerDelta("second"));
        _journal.Append(new AnswerDelta("third"));
        _wire.Pending.ShouldBe(0);
        first.Done.SetResult();
        _time.Advance(await _time.WaitForTimerAsync(TimeSpan.Zero, AnswerPublisher.Pace, Now.Cancel));

        var second = await _wire.NextAsync();
        second.Batch.FirstSequence.ShouldBe(2);
        second.Batch.Events.Select(message => message.Text).ShouldBe(["second", "third"]);
        second.Done.SetResult();
        _journal.Append(new RunCompleted(new RunAnswer("stop"), UsageTotals.None));

        var last = await _wire.NextAsync();
        last.Batch.FirstSequence.ShouldBe(4);
        last.Done.SetResult();
        await publishing;
    }

    [Fact]
    public async Task Publish_MoreThanABatchHolds_IsCutWithoutLoss()
    {
        for (var number = 0; number < AnswerStreams.MaxBatchEvents + 10; number++)
        {
            _journal.Append(new AnswerDelta("a"));
        }

        var publishing = Publish();
        var first = await _wire.NextAsync();
        first.Batch.LastSequence.ShouldBe(AnswerStreams.MaxBatchEvents);
        first.Done.SetResult();
        _time.Advance(await _time.WaitForTimerAsync(TimeSpan.Zero, AnswerPublisher.Pace, Now.Cancel));
        var second = await _wire.NextAsync();
        second.Batch.FirstSequence.ShouldBe(AnswerStreams.MaxBatchEvents + 1);
        second.Batch.Events.Length.ShouldBe(10);
        second.Done.SetException(new TimeoutException());
        await publishing;
    }

    [Fact]
    public async Task Publish_EventIsTooLarge_SaysThatTheRestIsPulled()
    {
        _journal.Append(new AnswerDelta("small"));
        _journal.Append(new AnswerDelta(new string('a', AnswerStreams.MaxEventSize + 1)));
        _journal.Append(new AnswerDelta("small"));

        var publishing = Publish();
        (await _wire.NextAsync()).Done.SetResult();
        var (batch, done) = await _wire.NextAsync();
        done.SetResult();

        batch.Events.ShouldBeEmpty();
        batch.FirstSequence.ShouldBe(2);
        await publishing;
    }

    [Fact]
    public async Task Publish_Fails_GivesUpWithoutAFault()
    {
        _journal.Append(new AnswerDelta("first"));
        var publishing = Publish();

        (await _wire.NextAsync()).Done.SetException(new TimeoutException());

        await publishing;
        _journal.Append(new AnswerDelta("second"));
        _wire.Pending.ShouldBe(0);
    }

    private Task Publish() =>
        new AnswerPublisher(_wire, _time, NullLogger<AnswerPublisher>.Instance).PublishAsync(_journal, _run, 1, "here");

    /// <summary>Each message is in flight until the test ends it.</summary>
    private sealed class HeldWire : IStreamWire<AnswerBatch>
    {
        private readonly Channel<(AnswerBatch Batch, TaskCompletionSource Done)> _messages = Channel.CreateUnbounded<(AnswerBatch, TaskCompletionSource)>();

        public int Pending => _messages.Reader.Count;

        public ValueTask<(AnswerBatch Batch, TaskCompletionSource Done)> NextAsync() => _messages.Reader.ReadAsync(Now.Cancel);

        public Task PublishAsync(string address, AnswerBatch batch)
        {
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _messages.Writer.TryWrite((batch, done)).ShouldBeTrue();
            return done.Task;
        }

        public Task<IAsyncDisposable> SubscribeAsync(string address, Action<AnswerBatch> receive) => throw new NotSupportedException();
    }
}
