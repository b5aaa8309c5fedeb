using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Ensemble.Grains.Answers;
using Ensemble.Runs;
using Microsoft.Extensions.Logging;

namespace Ensemble.Grains.Runs;

/// <summary>
/// Runs in the cluster, for one frontend: starts them, reads their events, and says every <see cref="RenewalInterval"/> of each that its answer is
/// still wanted, so that the runs of a frontend that died stop by themselves.
/// </summary>
public sealed partial class ClusterRunEngine : IRunEngine, IRunsInFlight, IAsyncDisposable
{
    public static readonly TimeSpan RenewalInterval = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<RunId, bool> _active = new();
    private readonly IGrainFactory _grains;
    private readonly AnswerStream? _stream;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private readonly int _maxRuns;
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _draining;
    private int _renewing;

    /// <param name="maxRuns">Runs of this frontend in flight at most; one more is refused.</param>
    /// <param name="stream">Brings the events of streamed answers while it is live; null = all are pulled.</param>
    public ClusterRunEngine(IGrainFactory grains, int maxRuns, AnswerStream? stream, TimeProvider time, ILogger<ClusterRunEngine> logger)
    {
        _grains = grains;
        _maxRuns = maxRuns;
        _stream = stream;
        _logger = logger;
        _timer = time.CreateTimer(static state => _ = ((ClusterRunEngine)state!).RenewAsync(), this, RenewalInterval, RenewalInterval);
    }

    /// <summary>Runs that were started here and have not been read to their end.</summary>
    public int InFlight => _active.Count;

    public async ValueTask<RunStart> StartAsync(RunRequest request, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_draining)
            {
                return RunStart.Draining;
            }

            if (_active.Count >= _maxRuns)
            {
                return RunStart.Overloaded;
            }

            _active[request.Id] = true;
        }

        var start = default(RunStart?);
        try
        {
            var answersTo = request.Chat.Stream ? _stream?.Open(request.Id, request.Incarnation) : null;
            start = await Grain(request.Id).StartAsync(request, answersTo);
            return start.Value;
        }
        finally
        {
            if (start != RunStart.Started)
            {
                Forget(request.Id);
            }
        }
    }

    public async IAsyncEnumerable<RunEvent> ReadAsync(RunId run, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var events = _stream?.Claim(run) is { } inbox ? ReadAsync(run, inbox, after, cancellationToken) : PullAsync(run, after, cancellationToken);
        await foreach (var runEvent in events)
        {
            if (runEvent is RunCompleted or RunFailed)
            {
                Forget(run);
            }

            yield return runEvent;
        }
    }

    public async ValueTask CancelAsync(RunId run, CancellationToken cancellationToken)
    {
        Forget(run);
        await Grain(run).CancelAsync();
    }

    public async ValueTask<RunManifest?> FindManifestAsync(RunId run, CancellationToken cancellationToken) =>
        await Grain(run).FindManifestAsync() is { } json ? RunManifestJson.Read(json) : null;

    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _draining = true;
            if (_active.IsEmpty)
            {
                _drained.TrySetResult();
            }
        }

        using var registration = cancellationToken.UnsafeRegister(static state => _ = ((ClusterRunEngine)state!).CancelAllAsync(), this);
        await _drained.Task;
    }

    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    private async Task CancelAllAsync()
    {
        foreach (var run in _active.Keys)
        {
            try
            {
                await CancelAsync(run, CancellationToken.None);
            }
            catch (Exception)
            {
                // Nobody renews it any more, so that it stops by itself.
            }
        }
    }

    /// <summary>What the stream brings, up to where it fails; the rest from the run itself.</summary>
    private async IAsyncEnumerable<RunEvent> ReadAsync(RunId run, AnswerInbox inbox, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var feed = new AnswerFeed(inbox.Incarnation, after);
        try
        {
            for (var whole = true; whole && !feed.HasEnded && await inbox.Batches.WaitToReadAsync(cancellationToken);)
            {
                while (whole && inbox.Batches.TryRead(out var batch))
                {
                    whole = feed.Offer(batch);
                    while (feed.TryTake(out var runEvent))
                    {
                        yield return runEvent;
                    }
                }
            }
        }
        finally
        {
            _stream!.Close(run);
        }

        if (feed.HasEnded)
        {
            yield break;
        }

        await foreach (var pulled in PullAsync(run, feed.Last, cancellationToken))
        {
            if (feed.Offer(pulled) && feed.TryTake(out var runEvent))
            {
                yield return runEvent;
            }
        }
    }

    private async IAsyncEnumerable<RunEvent> PullAsync(RunId run, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var message in Grain(run).ReadAsync(after, cancellationToken).WithCancellation(cancellationToken))
        {
            yield return message.ToEvent();
        }
    }

    private IEnsembleRunGrain Grain(RunId run) => _grains.GetGrain<IEnsembleRunGrain>(run.Value);

    private void Forget(RunId run)
    {
        _stream?.Close(run);
        lock (_lock)
        {
            _active.TryRemove(run, out _);
            if (_draining && _active.IsEmpty)
            {
                _drained.TrySetResult();
            }
        }
    }

    private async Task RenewAsync()
    {
        if (Interlocked.Exchange(ref _renewing, 1) == 1)
        {
            return;
        }

        try
        {
            await Task.WhenAll(_active.Keys.Select(RenewAsync));
        }
        finally
        {
            Volatile.Write(ref _renewing, 0);
        }
    }

    private async Task RenewAsync(RunId run)
    {
        try
        {
            await Grain(run).RenewAsync();
        }
        catch (Exception exception)
        {
            // There are two more tries before the run takes it that nobody wants its answer.
            LogNotRenewed(_logger, exception, run.Value);
        }
    }

    [LoggerMessage(75, LogLevel.Warning, "run {RunId} could not be told that its answer is still wanted")]
    private static partial void LogNotRenewed(ILogger logger, Exception exception, string runId);
}
