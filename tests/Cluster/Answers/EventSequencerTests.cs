using Ensemble.Grains.Answers;
using Ensemble.Runs;
using Ensemble.Usage;
using FsCheck;
using FsCheck.Fluent;

namespace Ensemble.Cluster.Tests.Answers;

public sealed class EventSequencerTests
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
        var sequencer = new EventSequencer(2, 0);
        sequencer.Offer(Batch(1, 3)).ShouldBeTrue();
        sequencer.Offer(Batch(2, 4)).ShouldBeTrue();

        Take(sequencer).ShouldBe([1, 2, 3, 4, 5]);
    }

    [Fact]
    public void Offer_Gap_IsMissingSomethingAndLetsNothingIn()
    {
        var sequencer = new EventSequencer(2, 0);
        sequencer.Offer(Batch(1, 3)).ShouldBeTrue();
        sequencer.Offer(Batch(5, 1)).ShouldBeFalse();

        Take(sequencer).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void Offer_OlderIncarnation_IsVoid()
    {
        var sequencer = new EventSequencer(2, 0);
        sequencer.Offer(Batch(1, 3, incarnation: 1)).ShouldBeTrue();
        sequencer.Offer(Event(1, incarnation: 1)).ShouldBeFalse();

        Take(sequencer).ShouldBeEmpty();
    }

    [Fact]
    public void Offer_AfterTheEnd_LetsNothingIn()
    {
        var sequencer = new EventSequencer(2, Length - 1);
        sequencer.Offer(Batch(Length, 1)).ShouldBeTrue();
        sequencer.HasEnded.ShouldBeTrue();
        sequencer.Offer(Event(Length)).ShouldBeFalse();

        Take(sequencer).ShouldBe([Length]);
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
        var sequencer = new EventSequencer(2, 0);
        var offers = inOrder.Where((_, index) => index != dropped).Select(batch => (batch, 2)).Concat(disturbed);
        var (read, pulling) = (new List<long>(), false);
        foreach (var ((first, count), incarnation) in offers)
        {
            pulling |= !sequencer.Offer(Batch(first, Math.Clamp(Length + 1 - first, 0, count), incarnation));
            if (pulling)
            {
                // One event of the journal, while the stream goes on.
                sequencer.Offer(Event((int)sequencer.Last + 1));
            }

            read.AddRange(Take(sequencer));
        }

        for (var next = (int)sequencer.Last + 1; next <= Length; next++)
        {
            sequencer.Offer(Event(next));
        }

        read.AddRange(Take(sequencer));
        return sequencer.HasEnded && read.SequenceEqual(Enumerable.Range(1, Length).Select(number => (long)number));
    }

    private static List<long> Take(EventSequencer sequencer)
    {
        var taken = new List<long>();
        while (sequencer.TryTake(out var runEvent))
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
