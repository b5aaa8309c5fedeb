using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Ensemble.Usage;

/// <summary>
/// Keeps accounts in a store, from a queue of its own: no run waits for a database. What came in within about 100 ms is written together,
/// in order. While the store is away everything waits, up to the queue's bound; what does not fit is counted, and lost.
/// </summary>
public sealed partial class UsageLedger : IUsageSink, IAsyncDisposable
{
    /// <summary>What waits at most, in bytes: 64 MiB.</summary>
    public const long DefaultCapacity = 64L * 1024 * 1024;

    /// <summary>Sub-calls and runs that are written together at most.</summary>
    public const int MaxBatchRows = 16384;

    private const int MaxBatchBytes = 8 * 1024 * 1024;

    /// <summary>How long a stop goes on trying: 10 s.</summary>
    public static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    /// <summary>How long an answer waits at most: 5 s.</summary>
    public static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan FirstRetryDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MaxRetryDelay = TimeSpan.FromSeconds(5);

    private readonly Channel<Entry> _queue = Channel.CreateUnbounded<Entry>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _abandon = new();
    private readonly IUsageStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger<UsageLedger> _logger;
    private readonly long _capacity;
    private readonly QueueAlarm _alarm;
    private readonly ITimer _again;
    private readonly UsageDurability _durability;
    private readonly Task _writing;
    private long _queued;
    private long _written;
    private long _dropped;
    private long _reported;
    private long _unconfirmed;
    private int _isDelayed;
    private int _disposed;
    private TaskCompletionSource _flushRequested = NewFlushSignal();

    /// <param name="capacity">What waits at most, in bytes.</param>
    /// <param name="durability">Whether <see cref="FlushAsync"/> waits.</param>
    public UsageLedger(
        IUsageStore store,
        TimeProvider time,
        ILogger<UsageLedger> logger,
        long capacity = DefaultCapacity,
        UsageDurability durability = UsageDurability.Batched)
    {
        _store = store;
        _time = time;
        _logger = logger;
        _capacity = capacity;
        _alarm = new QueueAlarm(capacity, time);
        _again = time.CreateTimer(
            static state => ((UsageLedger)state!).RepeatAlarm(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _durability = durability;
        _writing = Task.Run(WriteAllAsync);
    }

    /// <summary>What waits to be written, or is being written, in bytes as they are in memory.</summary>
    public long QueuedBytes => Interlocked.Read(ref _queued);

    /// <summary>What may wait at most, in bytes.</summary>
    public long Capacity => _capacity;

    /// <summary>Sub-calls and runs that were written.</summary>
    public long Written => Interlocked.Read(ref _written);

    /// <summary>Sub-calls and runs that are not kept: they did not fit, or could not be written until the end.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>
    /// Answers that waited in vain: their accounts were not in the database within <see cref="FlushTimeout"/>, and may be later.
    /// </summary>
    public long Unconfirmed => Interlocked.Read(ref _unconfirmed);

    /// <summary>From three quarters of the queue on.</summary>
    public bool IsNearlyFull => _alarm.LevelOf(QueuedBytes) == QueueLevel.NearlyFull;

    public void Append(UsageEvent usage) => Append(Entry.Of(usage));

    public void Append(RunManifest ended) => Append(Entry.Of(RunRecord.Of(ended)));

    /// <summary>
    /// Waits until what came before is in the store, for at most <see cref="FlushTimeout"/>; not at all where accounts are
    /// <see cref="UsageDurability.Batched"/>, or where one waited in vain and nothing has been written since.
    /// </summary>
    public async ValueTask FlushAsync(RunId run)
    {
        if (_durability == UsageDurability.Batched)
        {
            return;
        }

        if (Volatile.Read(ref _isDelayed) == 1)
        {
            Interlocked.Increment(ref _unconfirmed);
            return;
        }

        var waiter = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var isKept = false;
        if (_queue.Writer.TryWrite(Entry.Of(waiter)))
        {
            Volatile.Read(ref _flushRequested).TrySetResult();
            try
            {
                isKept = await waiter.Task.WaitAsync(FlushTimeout, _time);
            }
            catch (TimeoutException)
            {
                // The answer goes out all the same.
            }
        }

        if (isKept)
        {
            return;
        }

        Interlocked.Increment(ref _unconfirmed);
        if (Interlocked.Exchange(ref _isDelayed, 1) == 0)
        {
            LogUnconfirmed(_logger, run.Value);
        }
    }

    /// <summary>Takes nothing more, and writes what is queued for at most <see cref="StopTimeout"/>.</summary>
    /// <param name="cancellationToken">Ends it before.</param>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _queue.Writer.TryComplete();
        using var limit = new CancellationTokenSource(StopTimeout, _time);
        await using var whenOver = limit.Token.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _abandon);
        await using var whenCancelled = cancellationToken.UnsafeRegister(
            static state => ((CancellationTokenSource)state!).Cancel(), _abandon);
        await _stopping.CancelAsync();
        await _writing;
    }

    /// <summary>Stops at once, if nobody has stopped it before: what cannot be written now is lost.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await StopAsync(new CancellationToken(canceled: true));
            await _again.DisposeAsync();
            _stopping.Dispose();
            _abandon.Dispose();
        }
    }

    private void Append(Entry entry)
    {
        var queued = Interlocked.Add(ref _queued, entry.Bytes);
        if (queued <= _capacity && _queue.Writer.TryWrite(entry))
        {
            Watch(queued);
            return;
        }

        Interlocked.Add(ref _queued, -entry.Bytes);
        Interlocked.Increment(ref _dropped);
    }

    private void Watch(long queued)
    {
        switch (_alarm.Notice(queued))
        {
            case QueueLevel.Low:
                LogDrained(_logger, queued, _capacity);
                return;
            case QueueLevel.Half:
                LogHalfFull(_logger, queued, _capacity);
                break;
            case QueueLevel.NearlyFull:
                LogRefusing(_logger, queued, _capacity);
                break;
            case null:
                return;
        }

        _again.Change(QueueAlarm.Interval, Timeout.InfiniteTimeSpan);
    }

    // Where runs are refused and the store hangs, nothing else would say so.
    private void RepeatAlarm()
    {
        Watch(QueuedBytes);
        ReportDropped();
    }

    private void ReportDropped()
    {
        var dropped = Dropped;
        if (dropped - Interlocked.Exchange(ref _reported, dropped) is > 0 and var count)
        {
            LogDropped(_logger, count);
        }
    }

    private static TaskCompletionSource NewFlushSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A sub-call, a run, or somebody who waits for those before.</summary>
    private readonly record struct Entry(UsageEvent? SubCall, RunRecord? Run, int Bytes, TaskCompletionSource<bool>? Waiter = null)
    {
        /// <summary>An object of either kind with its place in the queue, rounded up.</summary>
        private const int Fixed = 320;

        /// <summary>A count for a report; its names are those of the catalog.</summary>
        private const int OfCount = 40;

        public static Entry Of(UsageEvent usage) =>
            new(usage, null, Fixed + Text(usage.Run.Value) + Text(usage.Ensemble) + Text(usage.Model) + Text(usage.Caller));

        public static Entry Of(RunRecord run) =>
            new(null, run,
                Fixed + Text(run.Run.Value) + Text(run.Ensemble) + Text(run.Strategy) + Text(run.Caller) + run.Degraded.Sum(Text)
                    + run.Manifest.Length + (OfCount * run.Counts.Count));

        public static Entry Of(TaskCompletionSource<bool> waiter) => new(null, null, 0, waiter);

        private static int Text(string? text) => text is null ? 0 : sizeof(char) * text.Length;
    }
}
