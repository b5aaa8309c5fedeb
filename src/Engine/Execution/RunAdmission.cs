using Ensemble.Runs;

namespace Ensemble.Execution;

/// <summary>Counts runs in flight: admits so many at once, and none once it is closed. Thread-safe.</summary>
/// <param name="maxRuns">Runs in flight at most.</param>
/// <param name="isPaused">Whether no other one is admitted for now; null = never.</param>
public sealed class RunAdmission(int maxRuns = int.MaxValue, Func<bool>? isPaused = null)
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _inFlight;
    private bool _closed;

    public int InFlight
    {
        get
        {
            lock (_lock)
            {
                return _inFlight;
            }
        }
    }

    public bool IsClosed
    {
        get
        {
            lock (_lock)
            {
                return _closed;
            }
        }
    }

    /// <returns><see cref="RunStart.Started"/> for one that is counted now and has to <see cref="Leave"/>; otherwise why it is
    /// not.</returns>
    public RunStart Enter()
    {
        lock (_lock)
        {
            if (_closed)
            {
                return RunStart.Draining;
            }

            if (_inFlight >= maxRuns || isPaused?.Invoke() == true)
            {
                return RunStart.Overloaded;
            }

            _inFlight++;
            return RunStart.Started;
        }
    }

    public void Leave()
    {
        lock (_lock)
        {
            _inFlight--;
            CompleteWhenEmpty();
        }
    }

    /// <summary>Closes, and completes when the last one has left.</summary>
    /// <param name="hurry">Called when <paramref name="cancellationToken"/> is cancelled before: makes those in flight leave soon.</param>
    public async Task DrainAsync(Action hurry, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _closed = true;
            CompleteWhenEmpty();
        }

        using var registration = cancellationToken.UnsafeRegister(static state => ((Action)state!)(), hurry);
        await _empty.Task;
    }

    private void CompleteWhenEmpty()
    {
        if (_closed && _inFlight == 0)
        {
            _empty.TrySetResult();
        }
    }
}
