using System.Collections.Concurrent;
using Ensemble.Catalog;
using Ensemble.Catalog.Serving;
using Ensemble.Runs;
using Ensemble.Usage;
using Microsoft.Extensions.Logging;

namespace Ensemble.Execution;

/// <summary>
/// Executes the runs of this process on its thread pool, and keeps what is still to be read of them. A run that nobody asks after for
/// <see cref="LeaseLifetime"/> is stopped; one sweep a second looks after all of them. Thread-safe.
/// </summary>
public sealed partial class RunHost : IRunsInFlight, IAsyncDisposable
{
    /// <summary>How long a run goes on, and its answer waits, though no reader says that it is wanted.</summary>
    public static readonly TimeSpan LeaseLifetime = TimeSpan.FromSeconds(30);

    /// <summary>Manifests of ended runs that are kept; the oldest goes first.</summary>
    public const int MaxManifests = 1024;

    /// <summary>How long an answer stays that a reader in another process has read: its last part may have been lost on the way.</summary>
    public static readonly TimeSpan SettledRetention = TimeSpan.FromSeconds(10);

    public static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Where room is short, answers that one caller may ask for again by their keys take a quarter of the memory at most.
    /// </summary>
    private const int MaxCallerShare = 4;

    /// <summary>How long a failed run's answers of its panel wait for the next try.</summary>
    private static readonly TimeSpan ResumableRetention = RunClaim.PanelRetention + SettledRetention;

    private readonly ICatalog _catalog;
    private readonly RunServices _services;
    private readonly StoredAnswers _answers;
    private readonly ILogger _logger;

    /// <summary>Runs that are executed.</summary>
    private readonly RunAdmission _executing;

    /// <summary>Runs that are executed, or whose answers are to be read.</summary>
    private readonly RunAdmission _unread = new();
    private readonly ConcurrentDictionary<RunId, ActiveRun> _runs = new();
    private readonly ConcurrentDictionary<RunId, RunManifest> _manifests = new();
    private readonly ConcurrentQueue<RunId> _forgotten = new();
    private readonly ITimer _timer;
    private volatile bool _isCancelling;

    /// <param name="answers">Keeps the panel's answers for a machine that takes a run over.</param>
    public RunHost(ICatalog catalog, RunServices services, StoredAnswers answers, ILogger<Run> logger)
    {
        _catalog = catalog;
        _services = services;
        _answers = answers;
        _logger = logger;
        _executing = new RunAdmission(isPaused: () => services.Usage.IsNearlyFull);
        _timer = services.Time.CreateTimer(static state => ((RunHost)state!).Sweep(), this, SweepInterval, SweepInterval);
        services.Buffers.OnShortage(FreeMemory);
    }

    public TimeProvider Time => _services.Time;

    /// <summary>Runs that are executed now.</summary>
    public int InFlight => _executing.InFlight;

    /// <summary>Whether this process stops, and takes no run any more.</summary>
    public bool IsDraining => _executing.IsClosed;

    /// <returns>The run, which goes on by itself, be it that it was here before; or why there is none.</returns>
    public async ValueTask<(ActiveRun? Run, RunStart Start)> StartAsync(RunRequest request)
    {
        while (true)
        {
            var earlier = Find(request.Id);
            if (earlier?.Run.Incarnation >= request.Incarnation)
            {
                earlier.Renew();
                return (earlier, RunStart.Started);
            }

            if (Enter() is var start and not RunStart.Started)
            {
                return (null, start);
            }

            var hosted = default(ActiveRun);
            try
            {
                (hosted, start) = await HostAsync(request, earlier);
            }
            finally
            {
                if (hosted is null)
                {
                    _executing.Leave();
                    _unread.Leave();
                }
            }

            if (hosted is not null)
            {
                hosted.Begin();
                if (_isCancelling)
                {
                    hosted.Cancel();
                }
            }

            // Where another request for it was first, there is one of this incarnation or another.
            if (hosted is not null || start != RunStart.Started)
            {
                return (hosted, start);
            }
        }
    }

    public ActiveRun? Find(RunId run) => _runs.GetValueOrDefault(run);

    /// <returns>Null where the run is not known here, or was forgotten long ago.</returns>
    public RunManifest? FindManifest(RunId run) => Find(run)?.Run.Manifest() ?? _manifests.GetValueOrDefault(run);

    /// <summary>Refuses new runs, and waits until those in flight have ended and their answers were read.</summary>
    public Task DrainAsync(CancellationToken cancellationToken) => Task.WhenAll(
        _executing.DrainAsync(CancelAll, cancellationToken), _unread.DrainAsync(CancelAll, cancellationToken));

    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    internal void OnEnded(ActiveRun hosted)
    {
        // Its last event may have been read before.
        if (hosted.IsReadLocally)
        {
            ForgetSettled(hosted);
        }

        _executing.Leave();
    }

    /// <summary>Called once a run has ended and its answer was read, or is not wanted.</summary>
    internal void OnDone() => _unread.Leave();

    private static bool IsKept(ActiveRun hosted) => hosted.Run.IsKept || hosted.Run.CanResume;

    private RunStart Enter()
    {
        // A stop closes this count last: a run that has entered it is counted until it leaves.
        var start = _unread.Enter();
        if (start == RunStart.Started && (start = _executing.Enter()) != RunStart.Started)
        {
            _unread.Leave();
        }

        return start;
    }

    /// <returns>The run that is to begin; null where there is none, or where another request for the same one was first.</returns>
    private async ValueTask<(ActiveRun? Run, RunStart Start)> HostAsync(RunRequest request, ActiveRun? earlier)
    {
        // Read before anything that may forget it for want of memory.
        var memory = earlier?.Run.Cache;

        // The body may have come from another process: it is weighed before there is anything to pay for.
        if (!_services.Buffers.HasRoomFor(request.CountedBody is null ? request.Chat.Body.Length : 0)
            || RunJournal.Open(request.Incarnation, _services.Buffers) is not { } journal)
        {
            return (null, RunStart.Overloaded);
        }

        Run? run = null;
        var isHosted = false;
        try
        {
            memory ??= await LoadCacheAsync(request);
            var snapshot = await _catalog.WaitForRevisionAsync(request.CatalogRevision, Time, CancellationToken.None);
            run = new Run(request, snapshot, _services, memory, journal, _logger);
            var hosted = new ActiveRun(this, run, Time.GetTimestamp());
            isHosted = earlier is null ? _runs.TryAdd(request.Id, hosted) : _runs.TryUpdate(request.Id, hosted, earlier);
            if (!isHosted)
            {
                return (null, RunStart.Started);
            }

            if (earlier is not null)
            {
                // Void; what it still does costs money and helps nobody.
                earlier.Cancel();
                _ = DropAsync(earlier);
            }

            return (hosted, RunStart.Started);
        }
        catch (KeyNotFoundException)
        {
            return (null, RunStart.UnknownModel);
        }
        finally
        {
            if (!isHosted)
            {
                journal.Discard();
                run?.Drop();
                run?.Dispose();
            }
        }
    }

    /// <returns>What is known of the run: the first incarnation of a request that may be repeated may be one whose process was
    /// lost.</returns>
    private async ValueTask<SubCallCache> LoadCacheAsync(RunRequest request) =>
        request.Incarnation > 1 || request.IsKept ? await _answers.ResumeAsync(request.Id)
        : _answers.Begin(request.Id);

    private static async Task DropAsync(ActiveRun hosted)
    {
        await hosted.Execution;
        hosted.Run.Drop();
    }

    private void CancelAll()
    {
        _isCancelling = true;
        foreach (var hosted in _runs.Values)
        {
            hosted.Cancel();
        }
    }
}
