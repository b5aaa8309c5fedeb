using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Ensemble.Catalog;
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
    private readonly int _maxRuns;
    private readonly ConcurrentDictionary<RunId, Run> _runs = new();
    private readonly Dictionary<RunId, RunManifest> _manifests = [];
    private readonly Queue<RunId> _ended = [];
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _inFlight;
    private bool _draining;

    /// <param name="maxRuns">Runs in flight at most; one more is refused.</param>
    public InProcessRunEngine(ICatalog catalog, RunServices services, int maxRuns, ILogger<Run> logger)
    {
        _catalog = catalog;
        _services = services;
        _maxRuns = maxRuns;
        _logger = logger;
    }

    public int InFlight => Volatile.Read(ref _inFlight);

    public ValueTask<RunStart> StartAsync(RunRequest request, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_draining)
            {
                return new(RunStart.Draining);
            }

            if (_inFlight >= _maxRuns)
            {
                return new(RunStart.Overloaded);
            }

            _inFlight++;
        }

        Run run;
        try
        {
            run = new Run(request, _catalog.Current, _services, new RunMemory(), new RunJournal(request.Incarnation), _logger);
        }
        catch (KeyNotFoundException)
        {
            Leave();
            return new(RunStart.UnknownModel);
        }

        _runs[request.Id] = run;
        ThreadPool.UnsafeQueueUserWorkItem(static state => _ = state.Engine.ExecuteAsync(state.Run), (Engine: this, Run: run), preferLocal: false);
        return new(RunStart.Started);
    }

    public async IAsyncEnumerable<RunEvent> ReadAsync(RunId run, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!_runs.TryGetValue(run, out var found))
        {
            yield break;
        }

        await foreach (var runEvent in found.Journal.ReadAsync(after, cancellationToken))
        {
            yield return runEvent;
        }

        // Read to its end, nobody comes back for the answer; what remains is the manifest. A run that is gone by now was
        // forgotten with its manifest, or another reader was first.
        lock (_lock)
        {
            if (_runs.TryRemove(KeyValuePair.Create(run, found)))
            {
                _manifests[run] = found.Manifest();
            }
        }
    }

    public ValueTask CancelAsync(RunId run, CancellationToken cancellationToken)
    {
        if (_runs.TryGetValue(run, out var found))
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

    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _draining = true;
            if (_inFlight == 0)
            {
                _drained.TrySetResult();
            }
        }

        using var registration = cancellationToken.UnsafeRegister(static state => ((InProcessRunEngine)state!).CancelAll(), this);
        await _drained.Task;
    }

    private async Task ExecuteAsync(Run run)
    {
        using (run)
        {
            await run.ExecuteAsync();
            Keep(run.Manifest());
        }

        Leave();
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
                _runs.TryRemove(oldest, out _);
            }
        }
    }

    private void Leave()
    {
        lock (_lock)
        {
            _inFlight--;
            if (_draining && _inFlight == 0)
            {
                _drained.TrySetResult();
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
