using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Ensemble.Catalog;
using Ensemble.Usage;
using Microsoft.Extensions.Logging;

namespace Ensemble.Runs;

/// <summary>
/// Executes runs on this process's thread pool. Runs in flight are bounded; what is kept of those that ended is, too: by time where a
/// caller may repeat
/// the request, by number and by the <see cref="ByteBudget"/> otherwise.
/// </summary>
public sealed class InProcessRunEngine : IRunEngine, IRunsInFlight, IAsyncDisposable
{
    /// <summary>
    /// Manifests, and answers that nobody has read to the end, kept of runs that have ended and cannot be repeated by a key; the oldest
    /// goes first.
    /// </summary>
    public const int KeptRuns = 1024;

    /// <summary>How often it is looked for what need not be kept any more.</summary>
    public static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(10);

    /// <summary>How long an answer is kept that is not read, and what a run found out that failed.</summary>
    private static readonly TimeSpan UnreadKept = RepeatedRequests.PanelKept + LookInterval;

    private readonly ICatalog _catalog;
    private readonly RunServices _services;
    private readonly ILogger<Run> _logger;
    private readonly RunDoor _door;
    private readonly HalfFull _halfFull;
    private readonly int _maxRuns;
    private readonly ConcurrentDictionary<RunId, Run> _runs = new();
    private readonly Dictionary<RunId, RunManifest> _manifests = [];
    private readonly Queue<(RunId Id, long Ended)> _ended = [];
    private readonly Queue<(Run Run, long Ended)> _kept = [];
    private readonly Lock _lock = new();
    private readonly ITimer _timer;

    /// <param name="maxRuns">Runs in flight at most; one more is refused.</param>
    public InProcessRunEngine(ICatalog catalog, RunServices services, int maxRuns, ILogger<Run> logger)
    {
        _catalog = catalog;
        _services = services;
        _maxRuns = maxRuns;
        _halfFull = new HalfFull(maxRuns);
        _door = new RunDoor(maxRuns, () => services.Usage.IsNearlyFull);
        _logger = logger;
        _timer = services.Time.CreateTimer(static state => ((InProcessRunEngine)state!).Look(), this, LookInterval, LookInterval);
        services.Buffers.OnShortage(Spare);
    }

    public int InFlight => _door.InFlight;

    public ValueTask<RunStart> StartAsync(RunRequest request, CancellationToken cancellationToken)
    {
        var earlier = _runs.GetValueOrDefault(request.Id);
        if (earlier?.Incarnation >= request.Incarnation)
        {
            return new(RunStart.Started);
        }

        var start = _door.Enter();
        if (start != RunStart.Started)
        {
            return new(start);
        }

        if (RunJournal.Open(request.Incarnation, _services.Buffers) is not { } journal)
        {
            _door.Leave();
            return new(RunStart.Overloaded);
        }

        if (_door.InFlight is var inFlight && _halfFull.Notices(inFlight))
        {
            RunLog.HalfFull(_logger, inFlight, _maxRuns);
        }

        Run run;
        try
        {
            run = new Run(request, _catalog.Current, _services, earlier?.Memory ?? new RunMemory(), journal, _logger);
        }
        catch (KeyNotFoundException)
        {
            journal.Discard();
            _door.Leave();
            return new(RunStart.UnknownModel);
        }

        if (!(earlier is null ? _runs.TryAdd(request.Id, run) : _runs.TryUpdate(request.Id, run, earlier)))
        {
            // Somebody else has begun it at this moment.
            journal.Discard();
            run.Drop();
            run.Dispose();
            _door.Leave();
            return new(start);
        }

        earlier?.Cancel();
        if (earlier is { HasEnded: true })
        {
            earlier.Drop();
        }

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
            if (hasEnd && !found.IsKept && !found.IsWorthResuming)
            {
                Forget(found);
            }
        }
    }

    public ValueTask CancelAsync(RunId run, CancellationToken cancellationToken)
    {
        if (_runs.TryGetValue(run, out var found) && !found.IsKept)
        {
            found.Cancel();
            found.Journal.Drop();
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

    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    private async Task ExecuteAsync(Run run)
    {
        using (run)
        {
            await run.ExecuteAsync();
            Keep(run);
        }

        _door.Leave();
    }

    /// <summary>Read to its end, nobody comes back for the answer, unless it may be repeated; what remains is the manifest.</summary>
    private void Forget(Run run)
    {
        lock (_lock)
        {
            // One that is gone by now was forgotten with its manifest, or another reader was first.
            if (_runs.TryRemove(KeyValuePair.Create(run.Id, run)) && !run.IsKept)
            {
                _manifests[run.Id] = run.Manifest();
            }
        }

        run.Drop();
    }

    private void Keep(Run run)
    {
        var ended = _services.Time.GetTimestamp();
        List<Run>? dropped = null;
        lock (_lock)
        {
            if (run.IsKept)
            {
                _kept.Enqueue((run, ended));
                return;
            }

            _manifests[run.Id] = run.Manifest();
            _ended.Enqueue((run.Id, ended));
            while (_ended.Count > KeptRuns && _ended.TryDequeue(out var oldest))
            {
                _manifests.Remove(oldest.Id);

                // A later incarnation of it may be under way.
                if (Unread(oldest.Id) is { } older && _runs.TryRemove(KeyValuePair.Create(oldest.Id, older)))
                {
                    (dropped ??= []).Add(older);
                }
            }
        }

        dropped?.ForEach(static older => older.Drop());
    }

    /// <summary>Forgets what has been kept for long enough.</summary>
    private void Look()
    {
        List<Run> expired = [];
        lock (_lock)
        {
            expired.AddRange(_ended.TakeWhile(ended => IsOver(ended.Ended, UnreadKept)).Select(ended => Unread(ended.Id)).OfType<Run>());
            while (_kept.TryPeek(out var oldest) && IsOver(oldest.Ended, RepeatedRequests.AnswerKept))
            {
                expired.Add(_kept.Dequeue().Run);
            }
        }

        expired.ForEach(Forget);
    }

    private bool IsOver(long ended, TimeSpan kept) => _services.Time.GetElapsedTime(ended) >= kept;

    /// <returns>A run that has ended, cannot be repeated by a key, and is here still; null where it is none.</returns>
    private Run? Unread(RunId id) => _runs.TryGetValue(id, out var run) && run is { HasEnded: true, IsKept: false } ? run : null;

    /// <summary>Answers without a key go before a request is refused; those with one stay for as long as their callers were told.</summary>
    private void Spare(long bytes)
    {
        Run[] unread;
        lock (_lock)
        {
            unread = [.. _ended.Select(ended => Unread(ended.Id)).OfType<Run>()];
        }

        var enough = _services.Buffers.Used - bytes;
        foreach (var run in unread.TakeWhile(_ => _services.Buffers.Used > enough))
        {
            Forget(run);
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
