using System.Text;
using Ensemble.Testing;
using Ensemble.Upstreams;
using Ensemble.Usage;

namespace Ensemble.Core.Tests.Usage;

public sealed class UsageFeedTests
{
    private static readonly RunId Run = RunId.New();

    [Fact]
    public void Append_CallAndRun_WatcherSeesThemInOrderAndAsTheAccountsHaveThem()
    {
        var feed = new UsageFeed();
        using var watcher = Watch(feed);
        var (call, ended) = (TestUsage.SubCall(Run), TestUsage.Ended(Run, TestUsage.SubCall(Run)));

        feed.Append(call);
        feed.Append(ended);

        var notes = Take(watcher);
        notes.Count.ShouldBe(2);
        notes[0].Call.ShouldBe(UsageRow.Of(call));
        var run = notes[1].Run.ShouldNotBeNull();
        run.Manifest.Length.ShouldBe(0);
        run.ShouldBe(RunRecord.Of(ended) with { Manifest = run.Manifest, Counts = run.Counts });
    }

    [Theory]
    [InlineData(null, null, null, "0 1 2 3 run")]
    [InlineData("council", null, null, "0 2 3 run")]
    [InlineData(null, "quokka", null, "0 1 3")]
    [InlineData(null, null, "anna", "0 1 2 run")]
    [InlineData(null, null, "", "3")]
    [InlineData("council", "bilby", "anna", "2")]
    [InlineData("Council", null, null, "")]
    public void Append_Filtered_ShowsWhatWasAskedFor(string? ensemble, string? model, string? caller, string shown)
    {
        var feed = new UsageFeed();
        using var watcher = feed.TryWatch(new UsageWatch { Ensemble = ensemble, Model = model, Caller = caller })!;

        feed.Append(TestUsage.SubCall(Run, 0));
        feed.Append(TestUsage.SubCall(Run, 1) with { Ensemble = "other" });
        feed.Append(TestUsage.SubCall(Run, 2) with { Model = "bilby" });
        feed.Append(TestUsage.Lost(Run, 3));
        feed.Append(TestUsage.Ended(Run));

        string.Join(' ', Take(watcher).Select(note => note.Call?.Member.ToString() ?? "run")).ShouldBe(shown);
    }

    [Fact]
    public void Append_MoreThanAWatcherHolds_CountsTheRestAndTellsItFirst()
    {
        var feed = new UsageFeed(capacity: 3);
        using var slow = Watch(feed);
        using var picky = feed.TryWatch(new UsageWatch { Ensemble = "other" })!;
        Append(feed, 5);

        var notes = Take(slow);
        notes.Select(note => note.Dropped).ShouldBe([2, 0, 0, 0]);
        notes.Skip(1).Select(note => note.Call!.Member).ShouldBe([0, 1, 2]);
        Append(feed, 1);
        Take(slow).ShouldHaveSingleItem().Call.ShouldNotBeNull();
        Take(picky).ShouldBeEmpty("what is filtered out takes no room");
    }

    [Fact]
    public async Task Tell_GapAndDropped_WakesAWatcherOnceForEach()
    {
        var feed = new UsageFeed(capacity: 3);
        using var watcher = Watch(feed);
        var waiting = watcher.WaitAsync(TestContext.Current.CancellationToken);
        waiting.IsCompleted.ShouldBeFalse();

        feed.ReportGap();
        feed.ReportDropped(7);
        feed.ReportGap();

        (await waiting).ShouldBeTrue();
        var notes = Take(watcher);
        notes.Count.ShouldBe(2);
        notes[0].ShouldBe(UsageNotification.Gap);
        notes[1].Dropped.ShouldBe(7);
    }

    [Fact]
    public void Tell_QueueIsFull_IsToldAllTheSame()
    {
        var feed = new UsageFeed(capacity: 1);
        using var watcher = Watch(feed);
        Append(feed, 1);

        feed.ReportGap();
        feed.ReportDropped(4);

        Take(watcher).Select(note => (note == UsageNotification.Gap, note.Dropped, note.Call is not null)).ShouldBe([(true, 0, false),
            (false, 4, false), (false, 0, true)]);
    }

    [Fact]
    public async Task Watch_FirstAndLast_AreToldOfAndTheEndIsTheEnd()
    {
        var feed = new UsageFeed();
        var changes = new List<bool>();
        feed.Changed += () => changes.Add(feed.IsWatched);

        var first = Watch(feed);
        var second = Watch(feed);
        first.Dispose();
        first.Dispose();
        changes.ShouldBe([true]);
        second.Dispose();

        changes.ShouldBe([true, false]);
        (await second.WaitAsync(TestContext.Current.CancellationToken)).ShouldBeFalse();
        Append(feed, 1);
        Take(second).ShouldBeEmpty();
    }

    [Fact]
    public void Watch_AsManyAsMayBe_NoneMoreUntilOneLeaves()
    {
        var feed = new UsageFeed(maxWatchers: 2);
        using var first = Watch(feed);
        var second = Watch(feed);

        feed.TryWatch(new UsageWatch()).ShouldBeNull();
        second.Dispose();

        using var third = feed.TryWatch(new UsageWatch()).ShouldNotBeNull();
    }

    [Fact]
    public void Append_NobodyWatches_AllocatesNothing()
    {
        var feed = new UsageFeed();
        var (call, ended) = (TestUsage.SubCall(Run), TestUsage.Ended(Run));
        Both();
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var time = 0; time < 100; time++)
        {
            Both();
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);

        void Both()
        {
            feed.Append(call);
            feed.Append(ended);
        }
    }

    [Fact]
    public void Written_TwoWatchers_IsWrittenOnce()
    {
        var feed = new UsageFeed();
        using var first = Watch(feed);
        using var second = Watch(feed);
        Append(feed, 1);
        var times = 0;

        var texts = new[] { Take(first)[0], Take(second)[0] }.Select(note => Encoding.UTF8.GetString(note.Written(_ =>
        {
            times++;
            return "x"u8.ToArray();
        }).Span)).ToList();

        texts.ShouldBe(["x", "x"]);
        times.ShouldBe(1);
    }

    private static UsageWatcher Watch(UsageFeed feed) => feed.TryWatch(new UsageWatch())!;

    private static void Append(UsageFeed feed, int count)
    {
        for (var member = 0; member < count; member++)
        {
            feed.Append(TestUsage.SubCall(Run, member, CallOutcome.Ok));
        }
    }

    private static List<UsageNotification> Take(UsageWatcher watcher)
    {
        var notes = new List<UsageNotification>();
        while (watcher.TryTake(out var note))
        {
            notes.Add(note);
        }

        return notes;
    }
}
