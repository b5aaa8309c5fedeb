using System.Collections.Concurrent;
using Ensemble.Catalog;
using Ensemble.Runs;
using Microsoft.Extensions.Logging;

namespace Ensemble.Grains.Runs;

/// <summary>What all run grains of a silo share: how a run is put together and started, and whether new ones are taken at all.</summary>
public sealed class SiloRuns(ICatalog catalog, RunServices services, StoredAnswers answers, TimeProvider time, ILogger<Run> logger) : IRunsInFlight
{
    private readonly RunDoor _door = new(isHeldShut: () => services.Usage.IsNearlyFull);
    private readonly ConcurrentDictionary<HeldRun, bool> _held = new();

    public int InFlight => _door.InFlight;

    /// <summary>Whether this silo stops, and takes no run any more.</summary>
    public bool IsDraining => _door.IsClosed;

    internal TimeProvider Time => time;

    public Task DrainAsync(CancellationToken cancellationToken) => _door.DrainAsync(CancelAll, cancellationToken);

    /// <param name="known">What an earlier incarnation found out here; null where there was none here.</param>
    /// <returns>The run, which goes on by itself; or why there is none.</returns>
    internal async Task<(HeldRun? Run, RunStart Start)> StartAsync(RunRequest request, RunMemory? known)
    {
        // The first incarnation of a request that may be repeated may be one whose silo was lost.
        var memory = known ?? (request.Incarnation > 1 || request.IsKept ? await answers.ResumeAsync(request.Id) : answers.Begin(request.Id));
        var snapshot = await catalog.ReachAsync(request.CatalogRevision, time, CancellationToken.None);
        var start = _door.Enter();
        if (start != RunStart.Started)
        {
            return (null, start);
        }

        // The body came from another process, as a rule: it is weighed before there is anything to pay for.
        if (!HasRoom(request) || RunJournal.Open(request.Incarnation, services.Buffers) is not { } journal)
        {
            _door.Leave();
            return (null, RunStart.Overloaded);
        }

        try
        {
            var held = new HeldRun(new Run(request, snapshot, services, memory, journal, logger), Leave);
            _held[held] = true;
            held.Begin();
            return (held, start);
        }
        catch (KeyNotFoundException)
        {
            journal.Discard();
            _door.Leave();
            return (null, RunStart.UnknownModel);
        }
    }

    private bool HasRoom(RunRequest request)
    {
        long bytes = request.Chat.Body.Length;
        if (!services.Buffers.TryTake(bytes))
        {
            return false;
        }

        // Its run takes them.
        services.Buffers.Return(bytes);
        return true;
    }

    private void Leave(HeldRun held)
    {
        _held.TryRemove(held, out _);
        _door.Leave();
    }

    private void CancelAll()
    {
        foreach (var held in _held.Keys)
        {
            held.Cancel();
        }
    }
}
