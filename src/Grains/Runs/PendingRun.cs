using Ensemble.Grains.Answers;
using Ensemble.Runs;

namespace Ensemble.Grains.Runs;

/// <summary>
/// A run that a frontend has started, or joined, and has not read to its end. The request is kept, so that the run can be executed again.
/// </summary>
internal sealed class PendingRun(RunRequest request)
{
    private readonly Lock _lock = new();
    private readonly List<RunReader> _readers = [];

    /// <summary>With the newest incarnation that this frontend knows of.</summary>
    public RunRequest Request { get; private set; } = request;

    /// <summary>Whether a silo has been asked to start it: it may be under way though no answer came.</summary>
    public bool WasStarted { get; set; }

    /// <summary>All events of the run, where they came with its start.</summary>
    public IReadOnlyList<RunEventMessage> Answered { get; set; } = [];

    /// <summary>The key of the <see cref="Silos.ISiloGrain"/> that has it; null where that is not known.</summary>
    public string? Silo { get; set; }

    /// <summary>Callers who wait for it. Guarded by the engine.</summary>
    public int Callers { get; set; } = 1;

    public IReadOnlyList<RunReader> Readers
    {
        get
        {
            lock (_lock)
            {
                return [.. _readers];
            }
        }
    }

    public RunReader OpenReader(long after, long now)
    {
        var reader = new RunReader(Request.Incarnation, after, Request.Chat.Stream, now);
        lock (_lock)
        {
            _readers.Add(reader);
        }

        return reader;
    }

    public void CloseReader(RunReader reader)
    {
        lock (_lock)
        {
            _readers.Remove(reader);
        }
    }

    /// <summary>The request for an incarnation after <paramref name="incarnation"/>: the same one for all who ask.</summary>
    public RunRequest After(int incarnation)
    {
        lock (_lock)
        {
            if (Request.Incarnation <= incarnation)
            {
                Request = Request with { Incarnation = incarnation + 1 };
            }

            return Request;
        }
    }
}
