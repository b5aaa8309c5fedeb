using Ensemble.Cluster.Tests.Support;
using Ensemble.Grains.Answers;
using Ensemble.Runs;
using Ensemble.Usage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ensemble.Cluster.Tests.Answers;

public sealed class AnswerPublisherTests
{
    private readonly HeldStreams<AnswerBatch> _streams = new();
    private readonly RunJournal _journal = new(1);
    private readonly RunId _run = RunId.New();

    [Fact]
    public async Task Publish_FirstEventAndTheRest_FirstAtOnceThenTogether()
    {
        _journal.Append(new AnswerDelta("first"));
        var publishing = Publish();
        var first = await _streams.NextAsync();
        first.Item.Events.ShouldHaveSingleItem().Text.ShouldBe("first");

        // While it is in flight, others pile up; they wait for it, not it for them.
        _journal.Append(new AnswerDelta("second"));
        _journal.Append(new AnswerDelta("third"));
        _streams.Pending.ShouldBe(0);
        first.Done.SetResult();

        var second = await _streams.NextAsync();
        second.Item.FirstSequence.ShouldBe(2);
        second.Item.Events.Select(message => message.Text).ShouldBe(["second", "third"]);
        second.Done.SetResult();
        _journal.Append(new RunCompleted(new RunAnswer("stop"), UsageTotals.None));

        var last = await _streams.NextAsync();
        last.Item.FirstSequence.ShouldBe(4);
        publishing.IsCompleted.ShouldBeFalse("its frontend has not said that it has it");
        last.Done.SetResult();
        (await publishing).ShouldBeTrue();
    }

    [Fact]
    public async Task Publish_MoreThanABatchHolds_IsCutWithoutLoss()
    {
        for (var number = 0; number < AnswerStreams.MaxBatchEvents + 10; number++)
        {
            _journal.Append(new AnswerDelta("a"));
        }

        var publishing = Publish();
        var first = await _streams.NextAsync();
        first.Item.LastSequence.ShouldBe(AnswerStreams.MaxBatchEvents);
        first.Done.SetResult();
        var second = await _streams.NextAsync();
        second.Item.FirstSequence.ShouldBe(AnswerStreams.MaxBatchEvents + 1);
        second.Item.Events.Length.ShouldBe(10);
        second.Done.SetException(new TimeoutException());
        await publishing;
    }

    [Fact]
    public async Task Publish_JournalBeginsLater_SaysWhereItBegins()
    {
        _journal.Append(new AnswerDelta("dropped"));
        _journal.Append(new RunCompleted(new RunAnswer("stop"), UsageTotals.None));
        _journal.Drop();

        var publishing = Publish();
        var (_, batch, done) = await _streams.NextAsync();
        done.SetResult();

        batch.FirstSequence.ShouldBe(2);
        (await publishing).ShouldBeTrue();
    }

    [Fact]
    public async Task Publish_Fails_GivesUpWithoutAFault()
    {
        _journal.Append(new AnswerDelta("first"));
        var publishing = Publish();

        (await _streams.NextAsync()).Done.SetException(new TimeoutException());

        (await publishing).ShouldBeFalse();
        _journal.Append(new AnswerDelta("second"));
        _streams.Pending.ShouldBe(0);
    }

    private Task<bool> Publish() =>
        new AnswerPublisher(_streams.Find, NullLogger<AnswerPublisher>.Instance).PublishAsync(_journal, _run, 1, "here");
}
