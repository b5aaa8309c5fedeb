using Ensemble.Telemetry;
using Ensemble.Usage;
using Microsoft.Extensions.Logging;
using Orleans.Streams;

namespace Ensemble.Grains.Usage;

/// <summary>
/// Shows a frontend's watchers what the whole cluster does, for as long as one watches. Where something may not have come, they are told:
/// an item is missing, a silo is new or gone, or it counts from 1 again.
/// </summary>
internal sealed partial class UsageSubscription : IAsyncObserver<UsageStreamBatch>, IAsyncDisposable
{
    private readonly UsageSequence _sequence = new();
    private readonly Lock _lock = new();
    private readonly UsageFeed _feed;
    private readonly Func<IAsyncObserver<UsageStreamBatch>, Task<StreamSubscriptionHandle<UsageStreamBatch>>> _subscribe;
    private readonly IUsageWatch _watch;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private StreamSubscriptionHandle<UsageStreamBatch>? _subscription;
    private volatile string? _stream;
    private HashSet<string>? _sources;
    private int _renewing;
    private bool _fails;
    private volatile bool _stopped;

    public UsageSubscription(
        UsageFeed feed,
        Func<IAsyncObserver<UsageStreamBatch>, Task<StreamSubscriptionHandle<UsageStreamBatch>>> subscribe,
        IUsageWatch watch,
        TimeProvider time,
        ILogger logger)
    {
        _feed = feed;
        _subscribe = subscribe;
        _watch = watch;
        _logger = logger;
        _timer = time.CreateTimer(
            static state => _ = ((UsageSubscription)state!).RenewAsync(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The key of the stream that silos know; null where there is none yet.</summary>
    public string? Leased => _sources is null ? null : _stream;

    public async Task StartAsync()
    {
        _subscription = await _subscribe(this);
        _stream = _subscription.StreamId.GetKeyAsString();
        if (_stopped)
        {
            await _subscription.UnsubscribeAsync();
            return;
        }

        // The first time from here: the timer is late where the machine is busy.
        _ = RenewAsync();
        _timer.Change(UsageStreams.RenewalInterval, UsageStreams.RenewalInterval);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _stopped = true;
        await _timer.DisposeAsync();
        if (_subscription is not { } subscription)
        {
            return;
        }

        try
        {
            await subscription.UnsubscribeAsync();
            await _watch.LeaveAsync(_stream!).WaitAsync(cancellationToken);
        }
        catch (Exception exception)
        {
            // It is forgotten when it is not renewed.
            LogUnsubscribeFailed(_logger, exception);
        }
    }

    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    Task IAsyncObserver<UsageStreamBatch>.OnNextAsync(UsageStreamBatch item, StreamSequenceToken? token)
    {
        lock (_lock)
        {
            var (isNew, isAfterGap) = _sequence.Offer(item.Source, item.Number);
            if (!isNew)
            {
                return Task.CompletedTask;
            }

            if (isAfterGap)
            {
                _feed.ReportGap();
            }

            if (item.Dropped > 0)
            {
                _feed.ReportDropped(item.Dropped);
            }

            foreach (var call in item.Calls)
            {
                _feed.Show(call);
            }

            foreach (var run in item.Runs)
            {
                _feed.Show(run);
            }
        }

        return Task.CompletedTask;
    }

    Task IAsyncObserver<UsageStreamBatch>.OnErrorAsync(Exception ex) => Task.CompletedTask;

    private async Task RenewAsync()
    {
        if (_stopped || Interlocked.Exchange(ref _renewing, 1) != 0)
        {
            return;
        }

        try
        {
            HashSet<string> sources = [.. await _watch.RenewAsync(_stream!)];
            if (_sources is { } known && !known.SetEquals(sources))
            {
                _feed.ReportGap();
            }

            _sources = sources;
            if (_fails)
            {
                _fails = false;
                LogRecovered(_logger);
            }
        }
        catch (Exception exception)
        {
            if (!_fails)
            {
                _fails = true;
                LogWatchFailed(_logger, exception);
            }
        }
        finally
        {
            Volatile.Write(ref _renewing, 0);
        }
    }

    [LoggerMessage(
        EventId = EventIds.UsageUnwatched, EventName = nameof(EventIds.UsageUnwatched), Level = LogLevel.Warning,
        Message = "Silos cannot be told that usage is watched here; it is tried again. Usage records are not affected. Check that silos "
            + "answer.")]
    private static partial void LogWatchFailed(ILogger logger, Exception exception);

    [LoggerMessage(
        EventId = EventIds.UsageWatched, EventName = nameof(EventIds.UsageWatched), Level = LogLevel.Information,
        Message = "Silos know again that usage is watched here.")]
    private static partial void LogRecovered(ILogger logger);

    [LoggerMessage(
        EventId = EventIds.WatchNotEnded, EventName = nameof(EventIds.WatchNotEnded), Level = LogLevel.Debug,
        Message = "Silos could not be told that usage is no longer watched here.")]
    private static partial void LogUnsubscribeFailed(ILogger logger, Exception exception);
}
