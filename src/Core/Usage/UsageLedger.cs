using System.Threading.Channels;
using Ensemble.Runs;
using Microsoft.Extensions.Logging;

namespace Ensemble.Usage;

/// <summary>
/// Keeps accounts in a store, from a queue of its own: no run waits for a database. What came in within about 100 ms is written together, in
/// order. While the store is away everything waits, up to the queue's bound; what does not fit is counted, and lost.
/// </summary>
public sealed partial class UsageLedger : IUsageSink, IAsyncDisposable
{
    /// <summary>What waits at most, in bytes: 64 MiB.</summary>
    public const long DefaultCapacity = 64L * 1024 * 1024;

    /// <summary>Sub-calls and runs that are written together at most.</summary>
    public const int MaxBatchRows = 4096;

    private const int MaxBatchBytes = 4 * 1024 * 1024;

    /// <summary>How long a stop goes on trying: 10 s.</summary>
    public static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly Channel<Entry> _queue = Channel.CreateUnbounded<Entry>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _givingUp = new();
    private readonly IUsageStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger<UsageLedger> _logger;
    private readonly long _capacity;
    private readonly Task _writing;
    private long _queued;
    private long _dropped;
    private int _disposed;

    /// <param name="capacity">What waits at most, in bytes.</param>
    public UsageLedger(IUsageStore store, TimeProvider time, ILogger<UsageLedger> logger, long capacity = DefaultCapacity)
    {
        _store = store;
        _time = time;
        _logger = logger;
        _capacity = capacity;
        _writing = Task.Run(WriteAllAsync);
    }

    /// <summary>What waits to be written, or is being written, in bytes as they are in memory.</summary>
    public long QueuedBytes => Interlocked.Read(ref _queued);

    /// <summary>Sub-calls and runs that are not kept: they did not fit, or could not be written until the end.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>From three quarters of the queue on.</summary>
    public bool IsNearlyFull => QueuedBytes >= _capacity / 4 * 3;

    public void Append(UsageEvent usage) => Append(Entry.Of(usage));

    public void Append(RunManifest ended) => Append(Entry.Of(RunRecord.Of(ended)));

    /// <summary>Takes nothing more, and writes what is queued for at most <see cref="StopLimit"/>.</summary>
    /// <param name="cancellationToken">Ends it before.</param>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _queue.Writer.TryComplete();
        using var limit = new CancellationTokenSource(StopLimit, _time);
        await using var whenOver = limit.Token.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _givingUp);
        await using var whenCancelled = cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _givingUp);
        await _stopping.CancelAsync();
        await _writing;
    }

    /// <summary>Stops at once, if nobody has stopped it before: what cannot be written now is lost.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await StopAsync(new CancellationToken(canceled: true));
            _stopping.Dispose();
            _givingUp.Dispose();
        }
    }

    private void Append(Entry entry)
    {
        if (Interlocked.Add(ref _queued, entry.Bytes) <= _capacity && _queue.Writer.TryWrite(entry))
        {
            return;
        }

        Interlocked.Add(ref _queued, -entry.Bytes);
        Interlocked.Increment(ref _dropped);
    }

    private async Task WriteAllAsync()
    {
        long reported = 0;
        while (await _queue.Reader.WaitToReadAsync())
        {
            await Task.Delay(Gather, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            while (Take() is { Count: > 0 } entries)
            {
                await WriteAsync(entries);
                reported = ReportDropped(reported);
            }
        }

        ReportDropped(reported);
    }

    private List<Entry> Take()
    {
        var entries = new List<Entry>();
        for (var bytes = 0; entries.Count < MaxBatchRows && bytes < MaxBatchBytes && _queue.Reader.TryRead(out var entry); bytes += entry.Bytes)
        {
            entries.Add(entry);
        }

        return entries;
    }

    private async Task WriteAsync(List<Entry> entries)
    {
        var batch = new UsageBatch([.. entries.Select(entry => entry.SubCall).OfType<UsageEvent>()], [.. entries.Select(entry => entry.Run).OfType<RunRecord>()]);
        for (var (isAway, pause) = (false, FirstPause); !await TryWriteAsync(batch, isAway); (isAway, pause) = (true, Longer(pause)))
        {
            // A stop does not wait for the end of a pause that began before it.
            var until = _stopping.IsCancellationRequested ? _givingUp.Token : _stopping.Token;
            await Task.Delay(pause, _time, until).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_givingUp.IsCancellationRequested)
            {
                Interlocked.Add(ref _dropped, entries.Count);
                break;
            }
        }

        Interlocked.Add(ref _queued, -entries.Sum(static entry => (long)entry.Bytes));
    }

    private async Task<bool> TryWriteAsync(UsageBatch batch, bool isAway)
    {
        try
        {
            await _store.WriteAsync(batch, _givingUp.Token);
        }
        catch (Exception exception)
        {
            // Whatever it is, an operator can mend it, and until then nothing else is to be done with accounts than to keep them.
            if (!isAway && !_givingUp.IsCancellationRequested)
            {
                LogAway(_logger, exception);
            }

            return false;
        }

        if (isAway)
        {
            LogBack(_logger);
        }

        return true;
    }

    private long ReportDropped(long reported)
    {
        var dropped = Dropped;
        if (dropped > reported)
        {
            LogDropped(_logger, dropped - reported);
        }

        return dropped;
    }

    private static TimeSpan Longer(TimeSpan pause) => pause * 2 < LongestPause ? pause * 2 : LongestPause;

    [LoggerMessage(
        EventId = 2,
        EventName = "LedgerAway",
        Level = LogLevel.Warning,
        Message = "What runs took cannot be written to the database now: it waits in memory, and new runs are refused when much waits")]
    private static partial void LogAway(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 3, EventName = "LedgerBack", Level = LogLevel.Information, Message = "What runs took is written to the database again")]
    private static partial void LogBack(ILogger logger);

    [LoggerMessage(EventId = 4, EventName = "LedgerDropped", Level = LogLevel.Warning, Message = "{Count} sub-calls and runs are not in the accounts: they could not be written in time")]
    private static partial void LogDropped(ILogger logger, long count);

    /// <summary>Either a sub-call or a run.</summary>
    private readonly record struct Entry(UsageEvent? SubCall, RunRecord? Run, int Bytes)
    {
        /// <summary>An object of either kind with its place in the queue, rounded up.</summary>
        private const int Fixed = 320;

        public static Entry Of(UsageEvent usage) =>
            new(usage, null, Fixed + Text(usage.Run.Value) + Text(usage.Ensemble) + Text(usage.Model) + Text(usage.Caller));

        public static Entry Of(RunRecord run) =>
            new(null, run, Fixed + Text(run.Run.Value) + Text(run.Ensemble) + Text(run.Strategy) + Text(run.Caller) + run.Degraded.Sum(Text) + run.Manifest.Length);

        private static int Text(string? text) => text is null ? 0 : sizeof(char) * text.Length;
    }
}
