using Ensemble.Grains.Answers;
using Ensemble.Grains.Runs;
using Ensemble.Runs;
using Ensemble.Usage;
using FsCheck;
using FsCheck.Fluent;

namespace Ensemble.Cluster.Tests.Answers;

public sealed class AnswerFeedTests
{
    private const int Length = 40;

    private static readonly RunId Run = RunId.New();

    [Fact]
    public void Offer_BatchesDroppedDelayedDoubledAndReordered_EachEventOnceInOrder()
    {
        // Each number is a batch that arrives: where it begins, how long it is, and of which incarnation; in whatever order.
        var arrivals = Gen.Choose(1, Length).Zip(Gen.Choose(0, 6)).Zip(Gen.Frequency((6, Gen.Constant(2)), (1, Gen.Constant(1)))).ListOf();
        var inOrder = Gen.Choose(1, 5).ListOf().Select(InOrder);

        Prop.ForAll(Arb.From(arrivals.Zip(Gen.Choose(0, 12).Zip(inOrder))), sample => Reads(sample.Item2.Item2, sample.Item1, sample.Item2.Item1))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void Offer_OverlappingBatch_LetsInItsTail()
    {
        var feed = new AnswerFeed(2, 0);
        feed.Offer(Batch(1, 3)).ShouldBeTrue();
        feed.Offer(Batch(2, 4)).ShouldBeTrue();

        Take(feed).ShouldBe([1, 2, 3, 4, 5]);
    }

    [Fact]
    public void Offer_Gap_IsMissingSomethingAndLetsNothingIn()
    {
        var feed = new AnswerFeed(2, 0);
        feed.Offer(Batch(1, 3)).ShouldBeTrue();
        feed.Offer(Batch(5, 1)).ShouldBeFalse();

        Take(feed).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void Offer_OlderIncarnation_IsVoid()
    {
        var feed = new AnswerFeed(2, 0);
        feed.Offer(Batch(1, 3, incarnation: 1)).ShouldBeTrue();
        feed.Offer(Event(1, incarnation: 1)).ShouldBeFalse();

        Take(feed).ShouldBeEmpty();
    }

    [Fact]
    public void Offer_AfterTheEnd_LetsNothingIn()
    {
        var feed = new AnswerFeed(2, Length - 1);
        feed.Offer(Batch(Length, 1)).ShouldBeTrue();
        feed.HasEnded.ShouldBeTrue();
        feed.Offer(Event(Length)).ShouldBeFalse();

        Take(feed).ShouldBe([Length]);
    }

    private static List<(int First, int Count)> InOrder(IEnumerable<int> sizes)
    {
        var batches = new List<(int, int)>();
        var first = 1;
        foreach (var size in sizes)
        {
            batches.Add((first, size));
            first += size;
        }

        return batches;
    }

    private static bool Reads(List<(int First, int Count)> inOrder, IEnumerable<((int First, int Count) Batch, int Incarnation)> disturbed, int dropped)
    {
        var feed = new AnswerFeed(2, 0);
        var offers = inOrder.Where((_, index) => index != dropped).Select(batch => (batch, 2)).Concat(disturbed);
        var (read, pulling) = (new List<long>(), false);
        foreach (var ((first, count), incarnation) in offers)
        {
            pulling |= !feed.Offer(Batch(first, Math.Clamp(Length + 1 - first, 0, count), incarnation));
            if (pulling)
            {
                // One event of the journal, while the stream goes on.
                feed.Offer(Event((int)feed.Last + 1));
            }

            read.AddRange(Take(feed));
        }

        for (var next = (int)feed.Last + 1; next <= Length; next++)
        {
            feed.Offer(Event(next));
        }

        read.AddRange(Take(feed));
        return feed.HasEnded && read.SequenceEqual(Enumerable.Range(1, Length).Select(number => (long)number));
    }

    private static List<long> Take(AnswerFeed feed)
    {
        var taken = new List<long>();
        while (feed.TryTake(out var runEvent))
        {
            taken.Add(runEvent.Sequence);
        }

        return taken;
    }

    private static AnswerBatch Batch(int first, int count, int incarnation = 2) =>
        AnswerBatch.Of(Run, incarnation, first, Enumerable.Range(first, count).Select(number => RunEventMessage.From(Event(number, incarnation))));

    private static RunEvent Event(int number, int incarnation = 2)
    {
        RunEvent runEvent = number >= Length
            ? new RunFailed(new RunFailure(RunFailureKind.Cancelled, "The run was cancelled."), UsageTotals.None)
            : new AnswerDelta("a");
        runEvent.Stamp(number, incarnation);
        return runEvent;
    }
}
