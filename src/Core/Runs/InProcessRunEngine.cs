using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Ensemble.Catalog;
using Ensemble.Usage;
using Microsoft.Extensions.Logging;

namespace Ensemble.Runs;

/// <summary>Executes runs on this process's thread pool. Runs in flight are bounded, and so are the manifests of those that ended.</summary>
public sealed class InProcessRunEngine : IRunEngine, IRunsInFlight
{
    /// <summary>Manifests, and answers that nobody has read to the end, kept of runs that have ended; the oldest goes first.</summary>
    public const int KeptRuns = 1024;

    private readonly ICatalog _catalog;
    private readonly RunServices _services;
    private readonly ILogger<Run> _logger;
    private readonly RunDoor _door;
    private readonly HalfFull _halfFull;
    private readonly int _maxRuns;
    private readonly ConcurrentDictionary<RunId, Run> _runs = new();
    private readonly Dictionary<RunId, RunManifest> _manifests = [];
    private readonly Queue<RunId> _ended = [];
    private readonly Lock _lock = new();

    /// <param name="maxRuns">Runs in flight at most; one more is refused.</param>
    public InProcessRunEngine(ICatalog catalog, RunServices services, int maxRuns, ILogger<Run> logger)
    {
        _catalog = catalog;
        _services = services;
        _maxRuns = maxRuns;
        _halfFull = new HalfFull(maxRuns);
        _door = new RunDoor(maxRuns, () => services.Usage.IsNearlyFull);
        _logger = logger;
    }

    public int InFlight => _door.InFlight;

    public ValueTask<RunStart> StartAsync(RunRequest request, CancellationToken cancellationToken)
    {
        var earlier = _runs.GetValueOrDefault(request.Id);
        if (earlier?.Request.Incarnation >= request.Incarnation)
        {
            return new(RunStart.Started);
        }

        var start = _door.Enter();
        if (start != RunStart.Started)
        {
            return new(start);
        }

        if (_door.InFlight is var inFlight && _halfFull.Notices(inFlight))
        {
            RunLog.HalfFull(_logger, inFlight, _maxRuns);
        }

        Run run;
        try
        {
            run = new Run(request, _catalog.Current, _services, earlier?.Memory ?? new RunMemory(), new RunJournal(request.Incarnation), _logger);
        }
        catch (KeyNotFoundException)
        {
            _door.Leave();
            return new(RunStart.UnknownModel);
        }

        if (!(earlier is null ? _runs.TryAdd(request.Id, run) : _runs.TryUpdate(request.Id, run, earlier)))
        {
            // Somebody else has begun it at this moment.
            run.Dispose();
            _door.Leave();
            return new(start);
        }

        earlier?.Cancel();
        ThreadPool.UnsafeQueueUserWorkItem(static state => _ = state.Engine.ExecuteAsync(state.Run), (Engine: this, Run: run), preferLocal: false);
        return new(start);
    }

    public async IAsyncEnumerable<RunEvent> ReadAsync(RunId run, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!_runs.TryGetValue(run, out var found))
        {
            yield break;
        }

        var hasEnd = false;
        try
        {
            await foreach (var runEvent in found.Journal.ReadAsync(after, cancellationToken))
            {
                hasEnd = runEvent is RunCompleted or RunFailed;
                yield return runEvent;
            }
        }
        finally
        {
            // Most readers take the end and ask for no more.
            if (hasEnd)
            {
                ForgetAnswer(run, found);
            }
        }
    }

    public ValueTask CancelAsync(RunId run, CancellationToken cancellationToken)
    {
        if (_runs.TryGetValue(run, out var found) && !found.Request.IsKept)
        {
            found.Cancel();
        }

        return default;
    }

    public ValueTask<RunManifest?> FindManifestAsync(RunId run, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return new(_runs.TryGetValue(run, out var found) ? found.Manifest() : _manifests.GetValueOrDefault(run));
        }
    }

    public Task DrainAsync(CancellationToken cancellationToken) => _door.DrainAsync(CancelAll, cancellationToken);

    private async Task ExecuteAsync(Run run)
    {
        using (run)
        {
            await run.ExecuteAsync();
            Keep(run.Manifest());
        }

        _door.Leave();
    }

    /// <summary>Read to its end, nobody comes back for the answer, unless it may be repeated; what remains is the manifest.</summary>
    private void ForgetAnswer(RunId id, Run run)
    {
        if (run.Request.IsKept || run.IsWorthResuming)
        {
            return;
        }

        lock (_lock)
        {
            // One that is gone by now was forgotten with its manifest, or another reader was first.
            if (_runs.TryRemove(KeyValuePair.Create(id, run)))
            {
                _manifests[id] = run.Manifest();
            }
        }
    }

    private void Keep(RunManifest manifest)
    {
        lock (_lock)
        {
            _manifests[manifest.Run] = manifest;
            _ended.Enqueue(manifest.Run);
            while (_ended.Count > KeptRuns && _ended.TryDequeue(out var oldest))
            {
                _manifests.Remove(oldest);

                // A later incarnation of it may be under way.
                if (_runs.TryGetValue(oldest, out var run) && run.HasEnded)
                {
                    _runs.TryRemove(KeyValuePair.Create(oldest, run));
                }
            }
        }
    }

    private void CancelAll()
    {
        foreach (var run in _runs.Values)
        {
            run.Cancel();
        }
    }
}
