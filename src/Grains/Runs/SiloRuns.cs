using Ensemble.Catalog;
using Ensemble.Runs;
using Microsoft.Extensions.Logging;

namespace Ensemble.Grains.Runs;

/// <summary>What all run grains of a silo share: how a run is put together and started, and whether new ones are taken at all.</summary>
public sealed class SiloRuns(ICatalog catalog, RunServices services, TimeProvider time, ILogger<Run> logger) : IRunsInFlight
{
    private readonly Lock _lock = new();
    private readonly HashSet<Run> _running = [];
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _draining;

    public TimeProvider Time => time;

    public int InFlight
    {
        get
        {
            lock (_lock)
            {
                return _running.Count;
            }
        }
    }

    /// <summary>Starts a run on the thread pool: no grain waits for it.</summary>
    /// <returns>The run and its end; or why there is none.</returns>
    public async Task<(Run? Run, Task Execution, RunStart Start)> StartAsync(RunRequest request)
    {
        var snapshot = await catalog.ReachAsync(request.CatalogRevision, time, CancellationToken.None);
        Run run;
        lock (_lock)
        {
            if (_draining)
            {
                return (null, Task.CompletedTask, RunStart.Draining);
            }

            try
            {
                run = new Run(request, snapshot, services, new RunMemory(), new RunJournal(request.Incarnation), logger);
            }
            catch (KeyNotFoundException)
            {
                return (null, Task.CompletedTask, RunStart.UnknownModel);
            }

            _running.Add(run);
        }

        return (run, Task.Run(() => ExecuteAsync(run)), RunStart.Started);
    }

    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _draining = true;
            if (_running.Count == 0)
            {
                _drained.TrySetResult();
            }
        }

        using var registration = cancellationToken.UnsafeRegister(static state => ((SiloRuns)state!).CancelAll(), this);
        await _drained.Task;
    }

    private async Task ExecuteAsync(Run run)
    {
        try
        {
            await run.ExecuteAsync();
        }
        finally
        {
            // Its timers; what it did can still be read.
            run.Dispose();
            lock (_lock)
            {
                _running.Remove(run);
                if (_draining && _running.Count == 0)
                {
                    _drained.TrySetResult();
                }
            }
        }
    }

    private void CancelAll()
    {
        Run[] running;
        lock (_lock)
        {
            running = [.. _running];
        }

        foreach (var run in running)
        {
            run.Cancel();
        }
    }
}
