using System.Diagnostics;
using Ensemble.Chat;
using Ensemble.Storage;
using Ensemble.Storage.Hosting;
using Ensemble.Upstreams;
using Ensemble.Usage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ensemble.Load.Ledger;

/// <summary>Events at a steady pace into the product's ledger, over the product's storage.</summary>
internal static class PacedCell
{
    /// <summary>A run of three members and a judge.</summary>
    private const int CallsPerRun = 4;

    private static readonly TimeSpan CountStep = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(60);

    /// <param name="serverTime">Processor time of the database server; null where there is none.</param>
    public static async Task<PacedFigures> MeasureAsync(
        string name, StorageOptions options, int rate, TimeSpan duration, Func<TimeSpan>? serverTime, CancellationToken cancel)
    {
        await using var storage = EnsembleStorage.Create(options, TimeProvider.System, NullLoggerFactory.Instance);
        await storage.OpenAsync(cancel);
        await using var ledger = new UsageLedger(storage.Usage, TimeProvider.System, NullLogger<UsageLedger>.Instance);
        var (ownBefore, serverBefore) = (OwnTime(), serverTime?.Invoke() ?? TimeSpan.Zero);
        var began = TimeProvider.System.GetUtcNow();
        var (produced, lag, peak, producing) = await Task.Factory.StartNew(
            () => Produce(ledger, rate, duration, cancel), cancel, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        var draining = Stopwatch.GetTimestamp();
        while (ledger.QueuedBytes > 0)
        {
            if (Stopwatch.GetElapsedTime(draining) > DrainLimit)
            {
                throw new LoadException($"{name}: {ledger.QueuedBytes} bytes wait {DrainLimit.TotalSeconds} s after the last event.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, cancel);
        }

        var drained = Stopwatch.GetElapsedTime(draining);
        var (own, server) = (OwnTime() - ownBefore, (serverTime?.Invoke() ?? TimeSpan.Zero) - serverBefore);
        var (calls, runs) = await CountAsync(storage.UsageQueries, began, cancel);
        return new PacedFigures(name, rate, produced, produced / CallsPerRun, producing, lag, drained, peak, ledger.Dropped, calls, runs, own, server);
    }

    // Second by second: a sum over all at once would not end within a query's time limit.
    private static async Task<(long Calls, long Runs)> CountAsync(IUsageQueries queries, DateTimeOffset began, CancellationToken cancel)
    {
        var (calls, runs) = (0L, 0L);
        var end = TimeProvider.System.GetUtcNow();
        for (var from = began; from <= end; from += CountStep)
        {
            calls += (await queries.SumAsync(new UsageFilter(from, from + CountStep), [], 1, cancel)).Sum(group => group.Calls);
            runs += (await queries.SumRunsAsync(new RunFilter(from, from + CountStep), [], 1, cancel)).Sum(group => group.Runs);
        }

        return (calls, runs);
    }

    // A thread of its own that sleeps a millisecond at a time: what a late wake-up left undone comes with the next.
    private static (long Produced, TimeSpan Lag, long Peak, TimeSpan Producing) Produce(UsageLedger ledger, int rate, TimeSpan duration, CancellationToken cancel)
    {
        var total = (long)(rate * duration.TotalSeconds) / CallsPerRun * CallsPerRun;
        var (produced, lag, peak) = (0L, TimeSpan.Zero, 0L);
        var start = Stopwatch.GetTimestamp();
        var (run, calls) = (RunId.New(), new List<SubCallManifest>(CallsPerRun));
        using var never = new ManualResetEventSlim();
        while (produced < total)
        {
            cancel.ThrowIfCancellationRequested();
            var elapsed = Stopwatch.GetElapsedTime(start);
            var due = Math.Min(total, (long)(elapsed.TotalSeconds * rate));
            if (produced < due)
            {
                var late = elapsed - TimeSpan.FromSeconds((double)produced / rate);
                lag = late > lag ? late : lag;
            }

            for (; produced < due; produced++)
            {
                var place = (int)(produced % CallsPerRun);
                var call = SubCall(run, place);
                ledger.Append(call);
                calls.Add(new SubCallManifest(call));
                if (place == CallsPerRun - 1)
                {
                    ledger.Append(Ended(run, calls));
                    (run, calls) = (RunId.New(), new List<SubCallManifest>(CallsPerRun));
                }
            }

            peak = Math.Max(peak, ledger.QueuedBytes);
            never.Wait(1, cancel);
        }

        return (produced, lag, peak, Stopwatch.GetElapsedTime(start));
    }

    private static UsageEvent SubCall(RunId run, int place) => new()
    {
        Run = run,
        Incarnation = 1,
        Ensemble = "council-of-three",
        Caller = "team-a",
        Role = place == CallsPerRun - 1 ? SubCallRole.Judge : SubCallRole.Panel,
        Key = new SubCallKey(place == CallsPerRun - 1 ? SubCallStep.Synthesis : SubCallStep.Candidate, place % (CallsPerRun - 1), 0),
        Model = place switch { 0 => "quokka-7b", 1 => "numbat-9b", 2 => "wombat-12b", _ => "bilby-70b" },
        Outcome = CallOutcome.Ok,
        Attempts = 1,
        StartedAt = TimeProvider.System.GetUtcNow(),
        FirstToken = TimeSpan.FromMilliseconds(240),
        Total = TimeSpan.FromMilliseconds(1730),
        PromptTokens = 412,
        CompletionTokens = 187,
        Source = UsageSource.Reported,
        CostUsd = 0.000_234_567m,
    };

    private static RunManifest Ended(RunId run, List<SubCallManifest> calls) => new()
    {
        Run = run,
        Caller = "team-a",
        Incarnation = 1,
        Ensemble = "council-of-three",
        Strategy = "synthesize",
        CatalogRevision = 1,
        Streamed = false,
        StartedAt = TimeProvider.System.GetUtcNow(),
        Total = TimeSpan.FromMilliseconds(3100),
        Outcome = RunManifest.Completed,
        FinishReason = "stop",
        Agreement = 0.67,
        Degraded = [],
        SubCalls = calls,
        Usage = UsageTotals.None with { Reported = new TokenUsage(412 * CallsPerRun, 187 * CallsPerRun), CostUsd = 0.000_234_567m * CallsPerRun },
    };

    private static TimeSpan OwnTime() => Process.GetCurrentProcess().TotalProcessorTime;
}
