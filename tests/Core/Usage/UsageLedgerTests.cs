using Ensemble.Core.Tests.Upstreams.OpenAi;
using Ensemble.Testing;
using Ensemble.Usage;
using Microsoft.Extensions.Logging;

namespace Ensemble.Core.Tests.Usage;

public sealed class UsageLedgerTests
{
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(100);
    private static readonly RunId Run = RunId.New();

    private readonly ManualTimeProvider _time = new();
    private readonly ScriptedUsageStore _store = new();
    private readonly ListLogger<UsageLedger> _log = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Append_WithinTheGatheringTime_IsWrittenAsOneBatchInOrder()
    {
        await using var ledger = Ledger();
        foreach (var member in Enumerable.Range(0, 5))
        {
            ledger.Append(TestUsage.SubCall(Run, member));
        }

        var ended = TestUsage.Ended(Run, TestUsage.SubCall(Run));
        ledger.Append(ended);
        await GatheredAsync();

        var batch = await _store.NextAttemptAsync();
        batch.SubCalls.Select(usage => usage.Key.Member).ShouldBe([0, 1, 2, 3, 4]);
        var run = batch.Runs.ShouldHaveSingleItem();
        (run.Run, run.Incarnation, run.Ensemble, run.Strategy, run.Caller, run.Outcome).ShouldBe((Run, 1, "council", "synthesize", "anna", "completed"));
        (run.StartedAt, run.Total, run.Agreement, run.Usage).ShouldBe((ended.StartedAt, ended.Total!.Value, 0.5, ended.Usage));
        RunManifestJson.Write(StoredManifest.Read(run.Manifest)).ShouldBe(RunManifestJson.Write(ended));
    }

    [Fact]
    public async Task Append_MoreThanABatch_IsWrittenInSeveralInOrder()
    {
        var ledger = Ledger();
        const int Count = (2 * UsageLedger.MaxBatchRows) + 5;
        for (var member = 0; member < Count; member++)
        {
            ledger.Append(TestUsage.SubCall(Run, member));
        }

        await ledger.StopAsync(Cancel);

        _store.Written.Select(batch => batch.SubCalls.Count).ShouldBe([UsageLedger.MaxBatchRows, UsageLedger.MaxBatchRows, 5]);
        _store.WrittenMembers.ShouldBe(Enumerable.Range(0, Count));
        ledger.QueuedBytes.ShouldBe(0);
    }

    [Fact]
    public async Task StoreUnavailable_ForLong_LosesNothingKeepsTheOrderAndSaysSoOnce()
    {
        _store.Away = new InvalidOperationException("away");
        await using var ledger = Ledger();
        ledger.Append(TestUsage.SubCall(Run, 0));
        await GatheredAsync();
        foreach (var pause in (int[])[250, 500, 1000, 2000, 4000, 5000])
        {
            (await _store.NextAttemptAsync()).SubCalls.Count.ShouldBe(1);
            ledger.Append(TestUsage.SubCall(Run, member: pause));
            await PassAsync(TimeSpan.FromMilliseconds(pause));
        }

        await _store.NextAttemptAsync();
        _store.Away = null;
        await PassAsync(TimeSpan.FromSeconds(5));
        await _store.NextAttemptAsync();
        await ledger.StopAsync(Cancel);

        _store.WrittenMembers.ShouldBe([0, 250, 500, 1000, 2000, 4000, 5000]);
        _log.Lines.Select(line => line.Level).ShouldBe([LogLevel.Warning, LogLevel.Information]);
        (ledger.Dropped, ledger.QueuedBytes).ShouldBe((0, 0));
    }

    [Fact]
    public async Task Append_FullQueue_IsCountedAndSaidOnceAndTheRestIsKept()
    {
        // The clock stands still, so nothing is taken out of the queue.
        var size = await SizeAsync();
        await using var ledger = Ledger(capacity: 10 * size);
        for (var member = 0; member < 13; member++)
        {
            ledger.Append(TestUsage.SubCall(Run, member));
        }

        (ledger.Dropped, ledger.QueuedBytes).ShouldBe((3, 10 * size));
        await ledger.StopAsync(Cancel);

        _store.WrittenMembers.ShouldBe(Enumerable.Range(0, 10));
        _log.Lines.Select(line => line.Level).ShouldBe([LogLevel.Warning, LogLevel.Warning, LogLevel.Information, LogLevel.Warning]);
        _log.Lines[0].Text.ShouldContain("bytes of usage records wait for the database; at three quarters");
        _log.Lines[1].Text.ShouldContain("new runs are answered 503");
        _log.Lines[2].Text.ShouldContain("shrunk to 0 of");
        _log.Lines[3].Text.ShouldStartWith("3 ");
        (ledger.Written, ledger.Capacity).ShouldBe((10, 10 * size));
    }

    [Fact]
    public async Task IsNearlyFull_ThreeQuartersWait_UntilTheyAreWritten()
    {
        var size = await SizeAsync();
        await using var ledger = Ledger(capacity: 8 * size);
        var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _store.Hold = hold.Task;
        for (var member = 0; member < 5; member++)
        {
            ledger.Append(TestUsage.SubCall(Run, member));
        }

        ledger.IsNearlyFull.ShouldBeFalse();
        ledger.Append(TestUsage.SubCall(Run, 5));
        ledger.IsNearlyFull.ShouldBeTrue();
        await GatheredAsync();
        await _store.NextAttemptAsync();
        ledger.IsNearlyFull.ShouldBeTrue("What is being written is not kept yet.");
        ledger.Append(TestUsage.SubCall(Run, 6));
        hold.SetResult();

        // The next write begins when the first one has ended.
        await _store.NextAttemptAsync();

        ledger.IsNearlyFull.ShouldBeFalse();
    }

    [Fact]
    public async Task QueuedBytes_OfARun_CountItsManifest()
    {
        await using var ledger = Ledger();
        var ended = TestUsage.Ended(Run, [.. Enumerable.Range(0, 20).Select(member => TestUsage.SubCall(Run, member))]);

        ledger.Append(ended);

        var manifest = StoredManifest.Pack(ended).Length;
        ledger.QueuedBytes.ShouldBeInRange(manifest, manifest + 1024);
    }

    [Fact]
    public async Task Stop_InAPauseAfterAFailure_TriesAgainAtOnce()
    {
        _store.Away = new InvalidOperationException("away");
        await using var ledger = Ledger();
        ledger.Append(TestUsage.SubCall(Run));
        await GatheredAsync();
        await _store.NextAttemptAsync();
        await _time.WaitForTimerAsync(TimeSpan.FromMilliseconds(250), Cancel);
        _store.Away = null;

        await ledger.StopAsync(Cancel);

        _store.WrittenMembers.ShouldBe([0]);
        ledger.Append(TestUsage.SubCall(Run, 1));
        ledger.Dropped.ShouldBe(1, "Nobody is left who would write it.");
    }

    [Fact]
    public async Task Stop_StoreStaysUnavailable_GivesUpAtItsLimitAndSaysWhatIsLost()
    {
        _store.Away = new InvalidOperationException("away");
        await using var ledger = Ledger();
        ledger.Append(TestUsage.SubCall(Run, 0));
        ledger.Append(TestUsage.SubCall(Run, 1));

        var stopping = ledger.StopAsync(Cancel);
        await _time.WaitForTimerAsync(UsageLedger.StopTimeout, Cancel);
        await _time.WaitForTimerAsync(TimeSpan.FromMilliseconds(250), Cancel);
        stopping.IsCompleted.ShouldBeFalse();
        _time.Advance(UsageLedger.StopTimeout);
        await stopping.WaitAsync(Cancel);

        (ledger.Dropped, ledger.QueuedBytes).ShouldBe((2, 0));
        _log.Lines[^1].Text.ShouldStartWith("2 ");
    }

    [Fact]
    public async Task Stop_StoreHangs_GivesUpAtItsLimit()
    {
        _store.Hold = new TaskCompletionSource().Task;
        await using var ledger = Ledger();
        ledger.Append(TestUsage.SubCall(Run));

        var stopping = ledger.StopAsync(Cancel);
        await _store.NextAttemptAsync();
        await _time.WaitForTimerAsync(UsageLedger.StopTimeout, Cancel);
        _time.Advance(UsageLedger.StopTimeout);
        await stopping.WaitAsync(Cancel);

        ledger.Dropped.ShouldBe(1);
    }

    [Fact]
    public async Task Flush_BeforeAnswer_WaitsForTheStoreAndNotForTheClock()
    {
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _store.Hold = held.Task;
        await using var ledger = Ledger(durability: UsageDurability.BeforeAnswer);
        ledger.Append(TestUsage.SubCall(Run));
        ledger.Append(TestUsage.Ended(Run));

        var flushed = ledger.FlushAsync(Run).AsTask();
        var batch = await _store.NextAttemptAsync();
        var before = flushed.IsCompleted;
        held.SetResult();
        await flushed.WaitAsync(Cancel);

        before.ShouldBeFalse();
        (batch.SubCalls.Count, batch.Runs.Count, batch.IsAwaited).ShouldBe((1, 1, true));
        _store.Written.ShouldHaveSingleItem();
        ledger.Unconfirmed.ShouldBe(0);
    }

    [Fact]
    public async Task Flush_Batched_WaitsForNothing()
    {
        await using var ledger = Ledger();
        ledger.Append(TestUsage.SubCall(Run));

        ledger.FlushAsync(Run).AsTask().IsCompletedSuccessfully.ShouldBeTrue();
        await GatheredAsync();

        (await _store.NextAttemptAsync()).IsAwaited.ShouldBeFalse();
    }

    [Fact]
    public async Task Flush_StoreUnavailable_GivesUpAfterSomeSecondsCountsEachAndSaysSoOnce()
    {
        _store.Away = new InvalidOperationException("away");
        await using var ledger = Ledger(durability: UsageDurability.BeforeAnswer);
        ledger.Append(TestUsage.SubCall(Run));

        Task[] flushed = [ledger.FlushAsync(Run).AsTask(), ledger.FlushAsync(RunId.New()).AsTask()];
        await _store.NextAttemptAsync();
        await _time.WaitForTimerAsync(UsageLedger.FlushTimeout, Cancel);
        flushed.ShouldAllBe(flush => !flush.IsCompleted);
        _time.Advance(UsageLedger.FlushTimeout);
        await Task.WhenAll(flushed).WaitAsync(Cancel);

        ledger.Unconfirmed.ShouldBe(2);
        _log.Lines.Count(line => line.Text.Contains("before its usage", StringComparison.Ordinal)).ShouldBe(1);
        _store.Away = null;
        await ledger.StopAsync(Cancel);
        _store.WrittenMembers.ShouldBe([0]);
    }

    [Fact]
    public async Task Flush_OneWaitedInVain_NoneWaitsUntilSomethingIsWritten()
    {
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _store.Hold = held.Task;
        await using var ledger = Ledger(durability: UsageDurability.BeforeAnswer);
        ledger.Append(TestUsage.SubCall(Run));
        var first = ledger.FlushAsync(Run).AsTask();
        await _store.NextAttemptAsync();
        await _time.WaitForTimerAsync(UsageLedger.FlushTimeout, Cancel);
        _time.Advance(UsageLedger.FlushTimeout);
        await first.WaitAsync(Cancel);

        ledger.FlushAsync(RunId.New()).AsTask().IsCompletedSuccessfully.ShouldBeTrue();
        ledger.Unconfirmed.ShouldBe(2);

        held.SetResult();
        await Eventually.TrueAsync(() => ledger.Written > 0, Cancel);

        ledger.Append(TestUsage.SubCall(Run, 1));
        await ledger.FlushAsync(Run).AsTask().WaitAsync(Cancel);
        ledger.Unconfirmed.ShouldBe(2);
        _store.WrittenMembers.ShouldBe([0, 1]);
    }

    [Fact]
    public async Task Append_QueueHalfFull_SaysSoOnce()
    {
        _store.Away = new InvalidOperationException("away");
        await using var ledger = Ledger(capacity: 8 * await SizeAsync());
        foreach (var member in Enumerable.Range(0, 3))
        {
            ledger.Append(TestUsage.SubCall(Run, member));
        }

        _log.Lines.ShouldNotContain(line => line.Text.Contains("bytes of usage records wait", StringComparison.Ordinal));
        ledger.Append(TestUsage.SubCall(Run, 3));
        ledger.Append(TestUsage.SubCall(Run, 4));

        _log.Lines.Count(line => line.Level == LogLevel.Warning && line.Text.Contains("bytes of usage records wait", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task StoreHangs_QueueNearlyFull_IsSaidAgainThoughNothingComes()
    {
        _store.Hold = new TaskCompletionSource().Task;
        await using var ledger = Ledger(capacity: 4 * await SizeAsync());
        foreach (var member in Enumerable.Range(0, 5))
        {
            ledger.Append(TestUsage.SubCall(Run, member));
        }

        await GatheredAsync();
        await _store.NextAttemptAsync();
        _log.Lines.Count(line => line.Text.Contains("answered 503", StringComparison.Ordinal)).ShouldBe(1);
        for (var told = 2; told < 5; told++)
        {
            _time.Advance(QueueAlarm.Interval);

            _log.Lines.Count(line => line.Text.Contains("answered 503", StringComparison.Ordinal)).ShouldBe(told);
        }

        _log.Lines.Count(line => line.Text.StartsWith("1 sub-calls and runs have no usage record", StringComparison.Ordinal)).ShouldBe(1);
    }

    private UsageLedger Ledger(long capacity = UsageLedger.DefaultCapacity, UsageDurability durability = UsageDurability.Batched) =>
        new(_store, _time, _log, capacity, durability);

    private Task GatheredAsync() => PassAsync(Gather);

    /// <summary>Waits until the ledger waits so long, and lets it pass.</summary>
    private async Task PassAsync(TimeSpan time)
    {
        await _time.WaitForTimerAsync(time, Cancel);
        _time.Advance(time);
    }

    /// <summary>What a sub-call takes of the queue.</summary>
    private static async Task<long> SizeAsync()
    {
        await using var ledger = new UsageLedger(new ScriptedUsageStore(), new ManualTimeProvider(), new ListLogger<UsageLedger>());
        ledger.Append(TestUsage.SubCall(Run));
        return ledger.QueuedBytes;
    }
}
