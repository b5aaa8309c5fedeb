using System.Collections.Concurrent;
using Ensemble.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Streams;

namespace Ensemble.Grains.Answers;

/// <summary>
/// A frontend's end of its stream of answers. A run whose journal is ahead of what has come is pulled, and for <see cref="Pause"/> so
/// are those that begin then.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Naming", "CA1711", Justification = "It is a stream, if not of bytes.")]
public sealed partial class AnswerStream : IHostedService, IAsyncObserver<AnswerBatch>
{
    /// <summary>How long answers are pulled after something that was pushed has not arrived.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<RunId, StreamBuffer> _buffers = new();
    private readonly Func<IAsyncObserver<AnswerBatch>, Task<StreamSubscriptionHandle<AnswerBatch>>> _subscribe;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly AnswerInstruments? _instruments;
    private StreamSubscriptionHandle<AnswerBatch>? _subscription;
    private string? _key;
    private long _failed = long.MinValue;

    /// <param name="subscribe">Opens a stream of this process.</param>
    internal AnswerStream(
        Func<IAsyncObserver<AnswerBatch>, Task<StreamSubscriptionHandle<AnswerBatch>>> subscribe,
        TimeProvider time,
        ILogger<AnswerStream> logger,
        AnswerInstruments? instruments = null)
    {
        _subscribe = subscribe;
        _time = time;
        _logger = logger;
        _instruments = instruments;
    }

    /// <summary>Runs for which something is collected.</summary>
    internal int Awaited => _buffers.Count;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _subscription = await _subscribe(this);
        Volatile.Write(ref _key, _subscription.StreamId.GetKeyAsString());
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Volatile.Write(ref _key, null);
        foreach (var run in _buffers.Keys)
        {
            Close(run);
        }

        return _subscription?.UnsubscribeAsync() ?? Task.CompletedTask;
    }

    Task IAsyncObserver<AnswerBatch>.OnNextAsync(AnswerBatch item, StreamSequenceToken? token) =>
        RunId.TryParse(item.Run, out var run) && _buffers.TryGetValue(run, out var buffer) && buffer.Offer(item, _time.GetTimestamp())
            ? Task.CompletedTask
            : Task.FromException(new InvalidOperationException($"The events of run {item.Run} are not awaited here, or pulled."));

    Task IAsyncObserver<AnswerBatch>.OnErrorAsync(Exception ex) => Task.CompletedTask;

    /// <summary>Begins to collect what comes for a run.</summary>
    /// <returns>The key of the stream on which its silo pushes it; null where it is to be pulled.</returns>
    internal string? Open(RunId run, int incarnation)
    {
        Close(run);
        if (Volatile.Read(ref _key) is not { } key || IsPaused)
        {
            return null;
        }

        _buffers[run] = new StreamBuffer(incarnation, _time.GetTimestamp());
        return key;
    }

    /// <summary>What was collected for a run, for its one reader; null for a second one, and where nothing is collected.</summary>
    internal StreamBuffer? Claim(RunId run) => _buffers.TryGetValue(run, out var buffer) && buffer.TryClaim() ? buffer : null;

    /// <summary>What the stream has brought of a run is not all of it.</summary>
    internal void OnRepair() => _instruments?.OnRepair();

    /// <summary>Says how far a run is. Where nothing has come for <paramref name="silence"/> and there is more, it is pulled.</summary>
    /// <param name="last">The number of its last event; null where it is gone, or its silo was not reached.</param>
    internal void Check(RunId run, long? last, TimeSpan silence)
    {
        if (!_buffers.TryGetValue(run, out var buffer)
            || buffer.IsClosed
            || _time.GetElapsedTime(buffer.LastActivity) < silence
            || last <= buffer.Last)
        {
            return;
        }

        buffer.Close();
        if (last is not null && !IsPaused)
        {
            Volatile.Write(ref _failed, _time.GetTimestamp());
            _instruments?.OnOutage();
            LogStreamPaused(_logger, run.Value, Pause.TotalSeconds);
        }
    }

    internal void Close(RunId run)
    {
        if (_buffers.TryRemove(run, out var buffer))
        {
            buffer.Close();
        }
    }

    private bool IsPaused => Volatile.Read(ref _failed) is var failed && failed != long.MinValue && _time.GetElapsedTime(failed) < Pause;

    [LoggerMessage(
        EventId = EventIds.PushLost, EventName = nameof(EventIds.PushLost), Level = LogLevel.Warning,
        Message = "Events of run {RunId} were pushed and did not arrive; answers are pulled for {Pause} s. Check the network between "
            + "silos and frontends.")]
    private static partial void LogStreamPaused(ILogger logger, string runId, double pause);
}
