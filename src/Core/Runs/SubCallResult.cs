using Ensemble.Models;
using Ensemble.Upstreams;

namespace Ensemble.Runs;

/// <summary>What became of a sub-call, and what it took.</summary>
internal readonly record struct SubCallResult(SubCallKey Key, ModelCallResult Call)
{
    public CallOutcome Outcome => Call.Outcome;

    public bool IsUsable => Call.Outcome == CallOutcome.Ok;
}
