using Ensemble.Runs;
using Ensemble.Usage;
using FsCheck;
using FsCheck.Fluent;

namespace Ensemble.Core.Tests.Runs;

public sealed class RunJournalTests
{
    private static RunCompleted Last => new(new RunAnswer("stop"), UsageTotals.None);

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
