using System.Collections.Concurrent;
using Ensemble.Models;
using Ensemble.Upstreams;

namespace Ensemble.Runs;

/// <summary>
/// The sub-calls of a run that have an answer. A later incarnation that is given it asks only for the rest. Bounded by the
/// number of sub-calls that a run makes.
/// </summary>
public sealed class RunMemory
{
    private readonly ConcurrentDictionary<SubCallKey, ModelCallResult> _finished = new();

    /// <summary>Failures are not remembered: the next incarnation may have more luck.</summary>
    public void Remember(SubCallKey key, ModelCallResult result)
    {
        if (result.Outcome == CallOutcome.Ok)
        {
            _finished[key] = result;
        }
    }

    public ModelCallResult? Recall(SubCallKey key) => _finished.GetValueOrDefault(key);
}
