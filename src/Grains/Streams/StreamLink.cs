using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Ensemble.Grains.Streams;

/// <summary>
/// A process's end of a stream of its own. It publishes a beat a second on it; when <see cref="StreamBeats.Missed"/> do not come back it listens anew, at
/// another address. It serves when a beat has come back. Started and stopped once.
/// </summary>
internal sealed class StreamLink<T> : IAsyncDisposable
    where T : class
{
    private readonly Lock _lock = new();
    private readonly IStreamWire<T> _wire;
    private readonly IStreamListener<T> _listener;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private readonly string _name = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
    private TaskCompletionSource _whenLive = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile StreamSubscription? _subscription;
    private int _subscriptions;
    private bool _isLive;
    private bool _isReportedDown;
    private bool _stopped;

    public StreamLink(IStreamWire<T> wire, IStreamListener<T> listener, TimeProvider time, ILogger logger)
    {
        _wire = wire;
        _listener = listener;
        _time = time;
        _logger = logger;
        _timer = time.CreateTimer(static state => ((StreamLink<T>)state!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Where items are to be published; null where beats do not come back.</summary>
    public string? Address
    {
        get
        {
            lock (_lock)
            {
                return _isLive ? _subscription!.Address : null;
            }
        }
    }

    /// <summary>Listens, and returns when the subscription is there, failed, or took <see cref="StreamBeats.SubscribeLimit"/>.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var subscribing = SubscribeAsync();
        _timer.Change(StreamBeats.Interval, StreamBeats.Interval);
        await subscribing.WaitAsync(StreamBeats.SubscribeLimit, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Completes when the stream serves: at once where it does.</summary>
    public Task WaitUntilLiveAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _isLive ? Task.CompletedTask : _whenLive.Task.WaitAsync(cancellationToken);
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        StreamSubscription? ended;
        await _timer.DisposeAsync();
        lock (_lock)
        {
            _stopped = true;
            ended = _subscription;
            GoDown();
        }

        await EndAsync(ended).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    private void Tick()
    {
        StreamSubscription? lost = null;
        bool beat;
        lock (_lock)
        {
            if (_stopped || _subscription is not { } current)
            {
                return;
            }

            beat = current.Handle is not null;
            if (beat && current.Sent > current.Returned)
            {
                _listener.OnMissedBeat();
            }

            if (beat
                ? current.Sent - current.Returned >= StreamBeats.Missed
                : current.HasFailed || _time.GetElapsedTime(current.Begun) >= StreamBeats.SubscribeLimit)
            {
                (lost, beat) = (current, false);
                GoDown();
            }
        }

        if (lost is not null)
        {
            ReportDown(null);
            _ = EndAsync(lost);
            _ = SubscribeAsync();
        }
        else if (beat)
        {
            _ = BeatAsync();
        }

        _listener.OnTick();
    }

    private void GoDown()
    {
        if (_isLive)
        {
            _isLive = false;
            _whenLive = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        _listener.OnEnded(_stopped);
    }

    private async Task SubscribeAsync()
    {
        StreamSubscription subscription;
        lock (_lock)
        {
            subscription = _subscription = new StreamSubscription($"{_name}.{++_subscriptions}", _time.GetTimestamp());
        }

        try
        {
            var handle = await _wire.SubscribeAsync(subscription.Address, item => Receive(subscription, item));
            bool isCurrent;
            lock (_lock)
            {
                subscription.Handle = handle;
                isCurrent = subscription == _subscription && !_stopped;
            }

            await (isCurrent ? BeatAsync() : EndAsync(subscription));
        }
        catch (Exception exception)
        {
            ReportDown(exception);
            lock (_lock)
            {
                subscription.HasFailed = true;
            }
        }
    }

    private async Task EndAsync(StreamSubscription? subscription)
    {
        try
        {
            if (subscription?.Handle is { } handle)
            {
                await handle.DisposeAsync();
            }
        }
        catch (Exception exception)
        {
            // Nothing is published there any more; the cluster forgets it by itself.
            StreamLog.NotEnded(_logger, exception);
        }
    }

    private async Task BeatAsync()
    {
        string address;
        long number;
        lock (_lock)
        {
            (address, number) = (_subscription!.Address, ++_subscription.Sent);
        }

        try
        {
            await _wire.PublishAsync(address, _listener.NewBeat(number));
        }
        catch (Exception exception)
        {
            StreamLog.NoBeat(_logger, exception);
        }
    }

    private void Receive(StreamSubscription subscription, T item)
    {
        if (_listener.BeatOf(item) is { } number)
        {
            ReceiveBeat(subscription, number);
        }
        else if (subscription == _subscription)
        {
            _listener.Receive(item);
        }
    }

    private void ReceiveBeat(StreamSubscription subscription, long number)
    {
        TaskCompletionSource? whenLive = null;
        var isBack = false;
        lock (_lock)
        {
            // One of a subscription that was given up was on its way for too long: it says that the stream is late, not that it serves.
            if (subscription != _subscription || _stopped)
            {
                return;
            }

            subscription.Returned = Math.Max(subscription.Returned, number);
            if (!_isLive)
            {
                (_isLive, whenLive, isBack, _isReportedDown) = (true, _whenLive, _isReportedDown, false);
            }
        }

        if (whenLive is not null)
        {
            _listener.OnLive(isBack);
            whenLive.TrySetResult();
        }
    }

    private void ReportDown(Exception? exception)
    {
        lock (_lock)
        {
            if (_isReportedDown || _stopped)
            {
                return;
            }

            _isReportedDown = true;
        }

        _listener.OnDown(exception);
    }
}
