using System.Collections.Concurrent;
using System.Security.Cryptography;
using Ensemble.Runs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ensemble.Grains.Answers;

/// <summary>
/// A frontend's end of its stream of answers. It publishes a beat a second on its own stream; when <see cref="MissedBeats"/> do not come back, all
/// its runs go on by pulling, and it listens anew. It serves again when a beat has come back. A run of which nothing is heard for
/// <see cref="SilenceLimit"/> is asked how far it is.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Naming", "CA1711", Justification = "It is a stream, if not of bytes.")]
public sealed partial class AnswerStream : IHostedService, IAsyncDisposable
{
    public const int MissedBeats = 3;

    public static readonly TimeSpan BeatInterval = TimeSpan.FromSeconds(1);

    /// <summary>How long it takes until a run is asked whether it is ahead of the stream.</summary>
    public static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(2);

    /// <summary>How long a subscription may take until another is tried.</summary>
    public static readonly TimeSpan SubscribeLimit = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<RunId, AnswerInbox> _inboxes = new();
    private readonly Lock _lock = new();
    private readonly IAnswerWire _wire;
    private readonly Func<RunId, Task<long?>> _findLast;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly AnswerInstruments? _instruments;
    private readonly ITimer _timer;
    private readonly string _frontend = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
    private TaskCompletionSource _whenLive = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private AnswerSubscription? _subscription;
    private int _subscriptions;
    private bool _isLive;
    private bool _isReportedDown;
    private bool _stopped;

    /// <param name="findLast">The number of a run's last event; null where the run is not known.</param>
    internal AnswerStream(
        IAnswerWire wire, Func<RunId, Task<long?>> findLast, TimeProvider time, ILogger<AnswerStream> logger, AnswerInstruments? instruments = null)
    {
        _instruments = instruments;
        _wire = wire;
        _findLast = findLast;
        _time = time;
        _logger = logger;
        _timer = time.CreateTimer(static state => ((AnswerStream)state!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether beats come back, so that new runs are served by the stream. Where they do not, answers are pulled.</summary>
    public bool IsLive
    {
        get
        {
            lock (_lock)
            {
                return _isLive;
            }
        }
    }

    /// <summary>Listens, and returns when the subscription is there, failed, or took <see cref="SubscribeLimit"/>: answers come without it too.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var subscribing = SubscribeAsync();
        _timer.Change(BeatInterval, BeatInterval);
        await subscribing.WaitAsync(SubscribeLimit, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
        AnswerSubscription? ended;
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

    /// <summary>Begins to collect what comes for a run.</summary>
    /// <returns>Where the run's silo publishes it; null where the stream does not serve now.</returns>
    internal string? Open(RunId run, int incarnation)
    {
        lock (_lock)
        {
            if (!_isLive)
            {
                return null;
            }

            if (_inboxes.TryRemove(run, out var old))
            {
                old.Close();
            }

            _inboxes[run] = new AnswerInbox(incarnation, _time.GetTimestamp());
            return _subscription!.Address;
        }
    }

    /// <summary>What was collected for a run, for its one reader; null for a second one, and where nothing is collected.</summary>
    internal AnswerInbox? Claim(RunId run) => _inboxes.TryGetValue(run, out var inbox) && inbox.TryClaim() ? inbox : null;

    /// <summary>What the stream has brought of a run is not all of it.</summary>
    internal void OnRepair() => _instruments?.OnRepair();

    internal void Close(RunId run)
    {
        if (_inboxes.TryRemove(run, out var inbox))
        {
            inbox.Close();
        }
    }

    private void Tick()
    {
        AnswerSubscription? lost = null;
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
                _instruments?.OnMissedBeat();
            }

            if (beat ? current.Sent - current.Returned >= MissedBeats : current.HasFailed || _time.GetElapsedTime(current.Begun) >= SubscribeLimit)
            {
                (lost, beat) = (current, false);
                GoDown();
            }
        }

        if (lost is not null)
        {
            ReportDown(null);
            _instruments?.OnOutage();
            _ = EndAsync(lost);
            _ = SubscribeAsync();
        }
        else if (beat)
        {
            _ = BeatAsync();
        }

        AskTheSilent();
    }

    private void GoDown()
    {
        if (_isLive)
        {
            _isLive = false;
            _whenLive = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        foreach (var inbox in _inboxes.Values)
        {
            inbox.Close();
        }
    }

    private async Task SubscribeAsync()
    {
        AnswerSubscription subscription;
        lock (_lock)
        {
            subscription = _subscription = new AnswerSubscription($"{_frontend}.{++_subscriptions}", _time.GetTimestamp());
        }

        try
        {
            var handle = await _wire.SubscribeAsync(subscription.Address, batch => Receive(subscription, batch));
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

    private async Task EndAsync(AnswerSubscription? subscription)
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
            LogNotEnded(_logger, exception);
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
            await _wire.PublishAsync(address, AnswerBatch.OfBeat(number));
        }
        catch (Exception exception)
        {
            LogNoBeat(_logger, exception);
        }
    }

    private void Receive(AnswerSubscription subscription, AnswerBatch batch)
    {
        if (batch.Run is null)
        {
            ReceiveBeat(subscription, batch.Beat);
        }
        else if (RunId.TryParse(batch.Run, out var run) && _inboxes.TryGetValue(run, out var inbox))
        {
            inbox.Offer(batch, _time.GetTimestamp());
        }
    }

    private void ReceiveBeat(AnswerSubscription subscription, long number)
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

        if (isBack)
        {
            LogServes(_logger);
        }

        whenLive?.TrySetResult();
    }

    /// <summary>Once until it serves again: the tries may be many.</summary>
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

        LogDown(_logger, exception);
    }

    private void AskTheSilent()
    {
        foreach (var (run, inbox) in _inboxes)
        {
            if (!inbox.IsClosed && _time.GetElapsedTime(inbox.Heard) >= SilenceLimit && inbox.TryAsk())
            {
                _ = AskAsync(run, inbox);
            }
        }
    }

    private async Task AskAsync(RunId run, AnswerInbox inbox)
    {
        try
        {
            if (await _findLast(run) is not { } last || last > inbox.Last)
            {
                inbox.Close();
            }
        }
        catch (Exception)
        {
            // Whoever pulls finds out what is wrong, and has a deadline for it.
            inbox.Close();
        }
        finally
        {
            inbox.EndAsk(_time.GetTimestamp());
        }
    }

    [LoggerMessage(77, LogLevel.Warning, "this frontend's stream of answers brings nothing; answers are pulled until it does")]
    private static partial void LogDown(ILogger logger, Exception? exception);

    [LoggerMessage(78, LogLevel.Information, "this frontend's stream of answers serves again")]
    private static partial void LogServes(ILogger logger);

    [LoggerMessage(79, LogLevel.Debug, "an old subscription to a stream of answers could not be ended")]
    private static partial void LogNotEnded(ILogger logger, Exception exception);

    [LoggerMessage(80, LogLevel.Debug, "a beat could not be published")]
    private static partial void LogNoBeat(ILogger logger, Exception exception);
}
