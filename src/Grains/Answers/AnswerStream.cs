using System.Collections.Concurrent;
using Ensemble.Grains.Streams;
using Ensemble.Runs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ensemble.Grains.Answers;

/// <summary>
/// A frontend's end of its stream of answers. While beats do not come back on it, all its runs go on by pulling. A run of which nothing is heard for
/// <see cref="SilenceLimit"/> is asked how far it is.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Naming", "CA1711", Justification = "It is a stream, if not of bytes.")]
public sealed partial class AnswerStream : IHostedService, IStreamListener<AnswerBatch>, IAsyncDisposable
{
    /// <summary>How long it takes until a run is asked whether it is ahead of the stream.</summary>
    public static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<RunId, AnswerInbox> _inboxes = new();
    private readonly Func<RunId, Task<long?>> _findLast;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly AnswerInstruments? _instruments;
    private readonly StreamLink<AnswerBatch> _link;

    /// <param name="findLast">The number of a run's last event; null where the run is not known.</param>
    internal AnswerStream(
        IStreamWire<AnswerBatch> wire, Func<RunId, Task<long?>> findLast, TimeProvider time, ILogger<AnswerStream> logger, AnswerInstruments? instruments = null)
    {
        _instruments = instruments;
        _findLast = findLast;
        _time = time;
        _logger = logger;
        _link = new StreamLink<AnswerBatch>(wire, this, time, logger);
    }

    /// <summary>Whether beats come back, so that new runs are served by the stream. Where they do not, answers are pulled.</summary>
    public bool IsLive => _link.Address is not null;

    /// <summary>Listens, and returns when the subscription is there, failed, or took too long: answers come without it too.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => _link.StartAsync(cancellationToken);

    /// <summary>Completes when the stream serves: at once where it does.</summary>
    public Task WaitUntilLiveAsync(CancellationToken cancellationToken) => _link.WaitUntilLiveAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => _link.StopAsync(cancellationToken);

    public ValueTask DisposeAsync() => _link.DisposeAsync();

    /// <summary>Begins to collect what comes for a run.</summary>
    /// <returns>Where the run's silo publishes it; null where the stream does not serve now.</returns>
    internal string? Open(RunId run, int incarnation)
    {
        Close(run);

        // First there, then the address: an outage in between closes it.
        _inboxes[run] = new AnswerInbox(incarnation, _time.GetTimestamp());
        if (_link.Address is { } address)
        {
            return address;
        }

        Close(run);
        return null;
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

    AnswerBatch IStreamListener<AnswerBatch>.NewBeat(long number) => AnswerBatch.OfBeat(number);

    long? IStreamListener<AnswerBatch>.BeatOf(AnswerBatch item) => item.Run is null ? item.Beat : null;

    void IStreamListener<AnswerBatch>.Receive(AnswerBatch item)
    {
        if (RunId.TryParse(item.Run, out var run) && _inboxes.TryGetValue(run, out var inbox))
        {
            inbox.Offer(item, _time.GetTimestamp());
        }
    }

    void IStreamListener<AnswerBatch>.OnMissedBeat() => _instruments?.OnMissedBeat();

    void IStreamListener<AnswerBatch>.OnEnded(bool isStop)
    {
        foreach (var inbox in _inboxes.Values)
        {
            inbox.Close();
        }

        if (!isStop)
        {
            _instruments?.OnOutage();
        }
    }

    void IStreamListener<AnswerBatch>.OnDown(Exception? exception) => LogDown(_logger, exception);

    void IStreamListener<AnswerBatch>.OnLive(bool isBack)
    {
        if (isBack)
        {
            LogServes(_logger);
        }
    }

    void IStreamListener<AnswerBatch>.OnTick()
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
}
