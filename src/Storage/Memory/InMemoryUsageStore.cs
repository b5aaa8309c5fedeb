using Ensemble.Upstreams;
using Ensemble.Usage;

namespace Ensemble.Storage.Memory;

/// <summary>Keeps accounts as long as its process lives. Beyond its bounds the oldest go first.</summary>
/// <param name="maxSubCalls">Sub-calls that are kept at most. Default 32,768.</param>
/// <param name="maxRuns">Runs that are kept at most. Default 4,096.</param>
public sealed class InMemoryUsageStore(int maxSubCalls = 32_768, int maxRuns = 4096) : IUsageStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<SubCallId, UsageEvent> _subCalls = [];
    private readonly Queue<SubCallId> _subCallsByAge = [];
    private readonly Dictionary<(RunId Run, int Incarnation), RunRecord> _runs = [];
    private readonly Queue<(RunId Run, int Incarnation)> _runsByAge = [];

    /// <summary>Those that are kept, in the order in which they came.</summary>
    public IReadOnlyList<UsageEvent> SubCalls
    {
        get
        {
            lock (_lock)
            {
                return [.. _subCallsByAge.Select(id => _subCalls[id])];
            }
        }
    }

    /// <summary>Those that are kept, in the order in which they came.</summary>
    public IReadOnlyList<RunRecord> Runs
    {
        get
        {
            lock (_lock)
            {
                return [.. _runsByAge.Select(id => _runs[id])];
            }
        }
    }

    public Task WriteAsync(UsageBatch batch, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            foreach (var usage in batch.SubCalls)
            {
                Keep(usage);
            }

            foreach (var run in batch.Runs)
            {
                Keep(run);
            }
        }

        return Task.CompletedTask;
    }

    private void Keep(UsageEvent usage)
    {
        var id = SubCallId.Of(usage);
        if (_subCalls.TryGetValue(id, out var earlier))
        {
            if (earlier.Outcome == CallOutcome.Lost)
            {
                _subCalls[id] = usage;
            }

            return;
        }

        _subCalls.Add(id, usage);
        _subCallsByAge.Enqueue(id);
        if (_subCallsByAge.Count > maxSubCalls)
        {
            _subCalls.Remove(_subCallsByAge.Dequeue());
        }
    }

    private void Keep(RunRecord run)
    {
        if (_runs.TryAdd((run.Run, run.Incarnation), run))
        {
            _runsByAge.Enqueue((run.Run, run.Incarnation));
            if (_runsByAge.Count > maxRuns)
            {
                _runs.Remove(_runsByAge.Dequeue());
            }
        }
    }
}
