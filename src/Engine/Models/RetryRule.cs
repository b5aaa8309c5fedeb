using Ensemble.Upstreams;

namespace Ensemble.Models;

/// <summary>Which failures may pass if asked again, and when.</summary>
internal static class RetryRule
{
    /// <param name="waitForGate">Whether a model at its own limit is worth waiting for.</param>
    public static bool IsTransient(UpstreamResult result, bool waitForGate) => result.Outcome switch
    {
        CallOutcome.ServerError or CallOutcome.TransportError => true,

        // A provider answers 429 for an empty account too, and that does not pass.
        CallOutcome.RateLimited => result.Error?.Code != "insufficient_quota",
        CallOutcome.GateRefused => waitForGate && result.Error?.RetryAfter is not null,
        _ => false,
    };
}
