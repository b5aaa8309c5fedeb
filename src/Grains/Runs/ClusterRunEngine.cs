using Ensemble.Execution;
using Ensemble.Grains.Answers;
using Ensemble.Grains.Calls;
using Ensemble.Runs;
using Ensemble.Telemetry;
using Ensemble.Usage;
using Microsoft.Extensions.Logging;

namespace Ensemble.Grains.Runs;

/// <summary>
/// Runs in the cluster, for one frontend: starts them, reads their events, and says to each silo every <see cref="RenewalInterval"/> whose
/// answers are still wanted, so that the runs of a frontend that died stop by themselves. The silo says how far they are: one that is ahead
/// of what has come is read in another way; one that is gone is executed again, as its next incarnation, unless a part of its answer
/// has been shown.
/// </summary>
public sealed partial class ClusterRunEngine : IRunEngine, IRunsInFlight, IAsyncDisposable
{
    public static readonly TimeSpan RenewalInterval = TimeSpan.FromSeconds(2);

    /// <summary>How long a run may say nothing until what its silo says of it counts.</summary>
    public static readonly TimeSpan SilenceTimeout = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long the start of a run waits for its whole answer: as long as nothing need be heard of a run. Slower answers are pulled.
    /// </summary>
    private static readonly TimeSpan StartTimeout = SilenceTimeout;

    private const int MaxStarts = 8;

    /// <summary>Requests from this size on, in bytes, are large: 1 MiB.</summary>
    private const int LargeRequestBytes = 1024 * 1024;

    /// <summary>
    /// Large requests on their way to silos at most. More at once would only make each of them late, and be sent again while they still
    /// wait.
    /// </summary>
    private const int MaxLargeRequests = 4;

    /// <summary>How long a large request waits for its turn; then it is refused.</summary>
    private static readonly TimeSpan LargeRequestTimeout = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly Dictionary<RunId, PendingRun> _runs = [];

    /// <summary>Silos that have not answered yet whether they have runs.</summary>
    private readonly HashSet<string> _asked = [];
    private readonly Lock _lock = new();
    private readonly IGrainFactory _grains;
    private readonly ClusterCalls _calls;
    private readonly AnswerStream? _stream;
    private readonly RunHost? _local;
    private volatile GrainReference? _anyGrain;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _large = new(MaxLargeRequests, MaxLargeRequests);
    private readonly ITimer _timer;
    private readonly RunAdmission _admission;

    /// <param name="maxRuns">Runs of this frontend in flight at most; one more is refused.</param>
    /// <param name="stream">Brings the events of streamed answers; null = all are pulled.</param>
    /// <param name="local">The runs of the silo in this process, which are read where they are; null = there is none.</param>
    public ClusterRunEngine(
        IGrainFactory grains,
        ClusterCalls calls,
        int maxRuns,
        AnswerStream? stream,
        ILogger<ClusterRunEngine> logger,
        RunHost? local = null)
    {
        _local = local;
        _grains = grains;
        _calls = calls;
        _admission = new RunAdmission(maxRuns);
        _stream = stream;
        _logger = logger;
        _timer = calls.Time.CreateTimer(static state => ((ClusterRunEngine)state!).RenewAll(), this, RenewalInterval, RenewalInterval);
    }

    /// <summary>Runs that were started here and have not been read to their end.</summary>
    public int InFlight => _admission.InFlight;

    public async ValueTask<RunStart> StartAsync(RunRequest request, CancellationToken cancellationToken)
    {
        var start = _admission.Enter();
        if (start != RunStart.Started)
        {
            return start;
        }

        var started = default(RunStart?);
        try
        {
            var (run, isNew) = Join(request);
            started = await _calls.AskAsync(
                static state => state.Engine.TryStartAsync(state.Run, state.IsNew),
                (Engine: this, Run: run, IsNew: isNew),
                cancellationToken);
            return started.Value;
        }
        catch (Exception exception) when (!request.IsKept && exception is (ClusterUnavailableException or OperationCanceledException))
        {
            // It may be under way nevertheless: the caller is told that it is not, or has left.
            _ = StopOrphanAsync(request.Id);
            throw;
        }
        finally
        {
            if (started != RunStart.Started)
            {
                Forget(request.Id);
            }
        }
    }

    public async ValueTask CancelAsync(RunId run, CancellationToken cancellationToken)
    {
        var silo = Find(run)?.Silo;
        if (!Forget(run))
        {
            return;
        }

        if (_local?.Find(run) is { } hosted)
        {
            hosted.Abandon();
            return;
        }

        try
        {
            PreferSilo(silo);
            await Grain(run).CancelAsync();
        }
        catch (Exception exception) when (ClusterCalls.IsTransient(exception))
        {
            // It is no longer renewed, so that it stops by itself.
            LogNotReached(_logger, exception, run.Value);
        }
    }

    public async ValueTask<RunManifest?> FindManifestAsync(RunId run, CancellationToken cancellationToken)
    {
        if (_local?.FindManifest(run) is { } manifest)
        {
            return manifest;
        }

        PreferSilo(Find(run)?.Silo);
        var json = await _calls.AskAsync(static grain => new ValueTask<byte[]?>(grain.FindManifestAsync()), Grain(run), cancellationToken);
        return json is null ? null : RunManifestJson.Read(json);
    }

    public Task DrainAsync(CancellationToken cancellationToken) => _admission.DrainAsync(CancelAll, cancellationToken);

    public ValueTask DisposeAsync()
    {
        _large.Dispose();
        return _timer.DisposeAsync();
    }

    private void CancelAll()
    {
        RunId[] runs;
        lock (_lock)
        {
            runs = [.. _runs.Keys];
        }

        foreach (var run in runs)
        {
            _ = CancelAsync(run, CancellationToken.None).AsTask();
        }
    }

    private async Task StopOrphanAsync(RunId run)
    {
        try
        {
            await _calls.AskAsync(
                static async grain =>
                {
                    await grain.CancelAsync();
                    return true;
                },
                Grain(run),
                CancellationToken.None);
        }
        catch (ClusterUnavailableException exception)
        {
            LogNotReached(_logger, exception, run.Value);
        }
    }

    // Which class and which interface are meant is looked up once: by their names that costs more than the rest of a reference.
    private IEnsembleRunGrain Grain(RunId run)
    {
        if (_anyGrain is not { } known)
        {
            _anyGrain = known = (GrainReference)_grains.GetGrain<IEnsembleRunGrain>(run.Value);
        }

        return (IEnsembleRunGrain)_grains.GetGrain(GrainId.Create(known.GrainId.Type, run.Value), known.InterfaceType);
    }

    private PendingRun? Find(RunId run)
    {
        lock (_lock)
        {
            return _runs.GetValueOrDefault(run);
        }
    }

    private (PendingRun Run, bool IsNew) Join(RunRequest request)
    {
        lock (_lock)
        {
            if (_runs.TryGetValue(request.Id, out var known))
            {
                known.Callers++;
                var isNew = request.Incarnation > known.Request.Incarnation;
                if (isNew)
                {
                    known.After(request.Incarnation - 1);
                }

                return (known, isNew);
            }

            return (_runs[request.Id] = new PendingRun(request), true);
        }
    }

    /// <returns>Whether that was the last caller who waited for it.</returns>
    private bool Forget(RunId run)
    {
        bool isLast;
        lock (_lock)
        {
            if (!_runs.TryGetValue(run, out var known))
            {
                return true;
            }

            isLast = --known.Callers == 0;
            if (isLast)
            {
                _runs.Remove(run);
            }
        }

        if (isLast)
        {
            _stream?.Close(run);
        }

        _admission.Leave();
        return isLast;
    }

    [LoggerMessage(
        EventId = EventIds.RunsUnconfirmed, EventName = nameof(EventIds.RunsUnconfirmed), Level = LogLevel.Warning,
        Message = "Silo {Silo} does not answer whether it has {Count} runs of this frontend. Check that it runs and that this process "
            + "reaches it.")]
    private static partial void LogSiloNotReached(ILogger logger, Exception exception, string silo, int count);

    [LoggerMessage(
        EventId = EventIds.RunRepeated, EventName = nameof(EventIds.RunRepeated), Level = LogLevel.Warning,
        Message = "Run {RunId} is lost and is executed again, as its incarnation {Incarnation}. Check why its silo went.")]
    private static partial void LogNextIncarnation(ILogger logger, string runId, int incarnation);
}
