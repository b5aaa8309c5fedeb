using Ensemble.Grains.Streams;
using Ensemble.Usage;
using Microsoft.Extensions.Logging;

namespace Ensemble.Grains.Usage;

/// <summary>
/// Shows a frontend's watchers what the whole cluster does, for as long as one watches. Where something may not have come, they are told: when it is found out,
/// and once more when every silo publishes here again.
/// </summary>
internal sealed partial class UsageSubscription : IStreamListener<UsageNews>, IAsyncDisposable
{
    private readonly UsageSequence _sequence = new();
    private readonly Lock _lock = new();
    private readonly UsageFeed _feed;
    private readonly IUsageWatch _watch;
    private readonly ILogger _logger;
    private readonly StreamLink<UsageNews> _link;
    private volatile string? _leased;
    private bool _owesGap;
    private int _renewing;
    private long _ticks;

    public UsageSubscription(UsageFeed feed, IStreamWire<UsageNews> wire, IUsageWatch watch, TimeProvider time, ILogger logger)
    {
        _feed = feed;
        _watch = watch;
        _logger = logger;
        _link = new StreamLink<UsageNews>(wire, this, time, logger);
    }

    /// <summary>The address that the cluster knows; null where there is none yet.</summary>
    public string? Leased => _leased;

    public Task StartAsync(CancellationToken cancellationToken) => _link.StartAsync(cancellationToken);

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var leased = _leased;
        await _link.StopAsync(cancellationToken);
        if (leased is not null)
        {
            try
            {
                await _watch.LeaveAsync(leased).WaitAsync(cancellationToken);
            }
            catch (Exception exception)
            {
                // It is forgotten when it is not renewed.
                LogNotSaid(_logger, exception);
            }
        }
    }

    public ValueTask DisposeAsync() => _link.DisposeAsync();

    UsageNews IStreamListener<UsageNews>.NewBeat(long number) => UsageNews.OfBeat(number);

    long? IStreamListener<UsageNews>.BeatOf(UsageNews item) => item.Source is null ? item.Number : null;

    void IStreamListener<UsageNews>.Receive(UsageNews item)
    {
        lock (_lock)
        {
            var (isNew, isAfterGap) = _sequence.Offer(item.Source!, item.Number);
            if (!isNew)
            {
                return;
            }

            if (isAfterGap)
            {
                _feed.TellGap();
            }

            if (item.Dropped > 0)
            {
                _feed.TellDropped(item.Dropped);
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
    }

    void IStreamListener<UsageNews>.OnTick()
    {
        if (++_ticks % UsageStreams.RenewBeats == 0)
        {
            _ = RenewAsync();
        }
    }

    void IStreamListener<UsageNews>.OnMissedBeat()
    {
    }

    void IStreamListener<UsageNews>.OnEnded(bool isStop)
    {
    }

    void IStreamListener<UsageNews>.OnDown(Exception? exception)
    {
        LogDown(_logger, exception);
        OweGap();
    }

    void IStreamListener<UsageNews>.OnLive(bool isBack)
    {
        lock (_lock)
        {
            // At another address every silo begins to count anew.
            _sequence.Clear();
        }

        if (isBack)
        {
            LogServes(_logger);
        }

        _ = RenewAsync();
    }

    private async Task RenewAsync()
    {
        if (_link.Address is not { } address || Interlocked.Exchange(ref _renewing, 1) != 0)
        {
            return;
        }

        try
        {
            var isNew = await _watch.RenewAsync(address);
            if (_leased != address)
            {
                _leased = address;
            }
            else if (isNew)
            {
                // It was forgotten: silos that have come since do not know of it.
                OweGap();
            }
            else
            {
                // Silos have asked since it was said the last time.
                PayGap();
            }
        }
        catch (Exception exception)
        {
            LogNotSaid(_logger, exception);
        }
        finally
        {
            Volatile.Write(ref _renewing, 0);
        }
    }

    private void OweGap()
    {
        lock (_lock)
        {
            _owesGap = true;
        }

        _feed.TellGap();
    }

    private void PayGap()
    {
        lock (_lock)
        {
            if (!_owesGap)
            {
                return;
            }

            _owesGap = false;
        }

        _feed.TellGap();
    }

    [LoggerMessage(83, LogLevel.Warning, "the stream that shows usage to watchers brings nothing; it is subscribed to anew, and accounts are not touched")]
    private static partial void LogDown(ILogger logger, Exception? exception);

    [LoggerMessage(84, LogLevel.Information, "the stream that shows usage to watchers serves again")]
    private static partial void LogServes(ILogger logger);

    [LoggerMessage(85, LogLevel.Debug, "the cluster could not be told who watches usage")]
    private static partial void LogNotSaid(ILogger logger, Exception exception);
}
