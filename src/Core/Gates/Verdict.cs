using Ensemble.Upstreams;

namespace Ensemble.Gates;

/// <summary>What an outcome says about the health of a model.</summary>
internal enum Verdict
{
    /// <summary>Nothing: the request was at fault, or nobody waited for the answer.</summary>
    Neutral,

    /// <summary>It answers.</summary>
    Healthy,

    Failure,

    /// <summary>The provider refuses the gateway's own account: no later call succeeds until an operator has corrected that.</summary>
    OperatorFault,
}

internal static class Verdicts
{
    public static Verdict Of(CallOutcome outcome) => outcome switch
    {
        CallOutcome.Ok or CallOutcome.Blank or CallOutcome.BlankAtLength or CallOutcome.Refused or CallOutcome.Filtered => Verdict.Healthy,
        CallOutcome.RateLimited or CallOutcome.ServerError or CallOutcome.TransportError or CallOutcome.Incomplete => Verdict.Failure,
        CallOutcome.TimedOut or CallOutcome.Stalled => Verdict.Failure,
        CallOutcome.AuthenticationFailed => Verdict.OperatorFault,
        _ => Verdict.Neutral,
    };
}
