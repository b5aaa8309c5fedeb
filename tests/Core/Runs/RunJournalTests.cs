using Ensemble.Runs;
using Ensemble.Upstreams;
using Ensemble.Usage;
using FsCheck;
using FsCheck.Fluent;

namespace Ensemble.Core.Tests.Runs;

public sealed class RunJournalTests
{
    private static RunCompleted Last => new(new RunAnswer("stop"), UsageTotals.None);

    [Fact]
    public async Task Drop_AnswerOfOneEvent_IsNoWholeAnswerAnyMore()
    {
        var journal = new RunJournal(1);
        journal.Append(new RunCompleted(new RunAnswer("stop") { Choices = "[]"u8.ToArray() }, UsageTotals.None));
        (await journal.ReadWholeAsync(TimeSpan.Zero, TimeProvider.System)).ShouldNotBeNull().ShouldHaveSingleItem();

        journal.Drop();

        journal.IsStripped.ShouldBeTrue();
        (await journal.ReadWholeAsync(TimeSpan.Zero, TimeProvider.System)).ShouldBeNull();
    }

    [Fact]
    public async Task Append_FieldsOfAWholeAnswer_TakeRoomUntilTheyAreDropped()
    {
        var budget = new ByteBudget(1_000_000);
        var journal = RunJournal.Open(1, budget).ShouldNotBeNull();
        journal.Append(new RunCompleted(
            new RunAnswer("stop") { Fields = new byte[100_000], UsageFields = new byte[100_000], Refusal = new string('n', 1000) }, UsageTotals.None));

        budget.Used.ShouldBeGreaterThan(200_000);

        journal.Drop();
        budget.Used.ShouldBe(0);
        (await ReadAsync(journal, 0, 1)).ShouldHaveSingleItem().ShouldBeOfType<RunCompleted>().Answer.ShouldBe(new RunAnswer("stop"));
    }

    [Fact]
    public void SizeOf_AnswerWithFieldsAndVectors_CountsThem() =>
        new ChatAnswer("text", "stop") { Fields = new byte[10], UsageFields = new byte[20], Vectors = [new float[5], new float[5]] }.Size.ShouldBe(8 + 30 + 40);

    [Fact]
    public async Task Read_ManyReadersFromAnywhere_SeeEachLaterEventOnceInOrder()
    {
        var random = new Random(3);
        for (var round = 0; round < 100; round++)
        {
            var journal = new RunJournal(7);
            var count = random.Next(1, 40);
            var readers = Enumerable.Range(0, 8).Select(_ => (After: random.Next(0, count + 2), Pause: random.Next(3))).ToArray();
            var pauses = Enumerable.Range(0, count).Select(_ => random.Next(3) == 0).ToArray();
            var reading = readers.Select(reader => Task.Run(() => ReadAsync(journal, reader.After, reader.Pause), TestContext.Current.CancellationToken)).ToArray();
            foreach (var pause in pauses)
            {
                journal.Append(new AnswerDelta("x")).ShouldBeTrue();
                if (pause)
                {
                    await Task.Yield();
                }
            }

            journal.Append(Last).ShouldBeTrue();
            var seen = await Task.WhenAll(reading);
            for (var reader = 0; reader < readers.Length; reader++)
            {
                var first = readers[reader].After + 1;
                seen[reader].Select(entry => entry.Sequence).ShouldBe(Enumerable.Range(first, Math.Max(0, count + 2 - first)).Select(number => (long)number));
                seen[reader].ShouldAllBe(entry => entry.Incarnation == 7);
            }
        }
    }

    [Fact]
    public void Append_AnySizes_HoldsNeverMoreThanItMay()
    {
        var sizes = Gen.Choose(0, 3_000_000).ListOf();
        Prop.ForAll(Arb.From(sizes), drawn =>
        {
            var journal = new RunJournal(1);
            var (held, text) = (0L, new string('x', 3_000_000));
            foreach (var size in drawn)
            {
                var fits = held + size <= RunJournal.MaxAnswerSize;
                journal.Append(new AnswerDelta(text[..size])).ShouldBe(fits);
                held += fits ? size : 0;
            }

            journal.Append(Last).ShouldBeTrue();
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(50));
    }

    [Fact]
    public void Append_MoreEventsThanItMayHold_LeavesRoomForTheLast()
    {
        var journal = new RunJournal(1);
        for (var index = 0; index < RunJournal.MaxEvents; index++)
        {
            journal.Append(new AnswerDelta("")).ShouldBeTrue();
        }

        journal.Append(new AnswerDelta("")).ShouldBeFalse();
        journal.Append(Last).ShouldBeTrue();
    }

    [Fact]
    public void Append_AfterTheEnd_IsRefused()
    {
        var journal = new RunJournal(1);
        journal.Append(Last);

        journal.Append(new AnswerDelta("late")).ShouldBeFalse();
        journal.Append(Last).ShouldBeFalse();
    }

    [Fact]
    public void Shown_PiecesOfAnAnswer_CountAndOtherEventsDoNot()
    {
        var journal = new RunJournal(1);
        journal.Append(new PanelClosed(2, null));
        journal.Append(new AnswerDegraded("judge_failed"));
        journal.Shown.ShouldBeFalse();
        journal.Append(new ChoicesDelta("[]"u8.ToArray()));
        journal.Shown.ShouldBeTrue();
    }

    [Fact]
    public void Append_NoRoomInTheBudget_IsRefusedButForTheLast()
    {
        var budget = new ByteBudget(RunJournal.Step * 2);
        var journal = RunJournal.Open(1, budget).ShouldNotBeNull();
        RunJournal.Open(1, budget).ShouldNotBeNull();
        RunJournal.Open(1, budget).ShouldBeNull();

        journal.Append(new AnswerDelta(new string('a', RunJournal.Step / 4))).ShouldBeTrue();
        journal.IsOutOfMemory.ShouldBeFalse();
        journal.Append(new AnswerDelta(new string('b', RunJournal.Step / 4))).ShouldBeFalse();
        journal.IsOutOfMemory.ShouldBeTrue();
        journal.Append(Last).ShouldBeTrue();
        budget.Used.ShouldBeInRange(RunJournal.Step + (RunJournal.Step / 2), RunJournal.Step + (RunJournal.Step / 2) + 1024, "what is not used goes back at the end");
    }

    [Fact]
    public async Task Drop_OneReaderIsHalfWay_GoesOnceItHasReadOn()
    {
        var budget = new ByteBudget(1_000_000);
        var journal = RunJournal.Open(1, budget).ShouldNotBeNull();
        journal.Append(new AnswerDelta(new string('a', 1000)));
        await using var reader = journal.ReadAsync(0, TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        await reader.MoveNextAsync();
        journal.Append(new AnswerDelta("b"));
        journal.Append(Last);

        journal.Drop();
        budget.Used.ShouldBeGreaterThan(2000);
        (await reader.MoveNextAsync()).ShouldBeTrue();
        reader.Current.ShouldBeOfType<AnswerDelta>().Text.ShouldBe("b");
        while (await reader.MoveNextAsync())
        {
        }

        budget.Used.ShouldBe(0);
        (await ReadAsync(journal, 0, 1)).ShouldHaveSingleItem().Sequence.ShouldBe(3);
        (journal.IsStripped, journal.Last).ShouldBe((true, 3));
    }

    [Fact]
    public void Discard_NoRunWroteIt_GivesEverythingBack()
    {
        var budget = new ByteBudget(1_000_000);
        var journal = RunJournal.Open(1, budget).ShouldNotBeNull();

        journal.Discard();

        budget.Used.ShouldBe(0);
        journal.Append(Last).ShouldBeFalse();
    }

    [Fact]
    public async Task Read_Cancelled_StopsWaiting()
    {
        using var reader = new CancellationTokenSource();
        var journal = new RunJournal(1);
        var reading = Task.Run(async () => await journal.ReadAsync(0, reader.Token).ToListAsync(reader.Token), TestContext.Current.CancellationToken);
        await reader.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(reading);
    }

    private static async Task<List<RunEvent>> ReadAsync(RunJournal journal, int after, int pause)
    {
        var seen = new List<RunEvent>();
        await foreach (var entry in journal.ReadAsync(after, TestContext.Current.CancellationToken))
        {
            seen.Add(entry);
            if (pause == 0)
            {
                await Task.Yield();
            }
        }

        return seen;
    }
}
