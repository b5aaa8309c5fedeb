using Ensemble.Upstreams;

namespace Ensemble.Panels;

/// <summary>What callers are told of an outcome: "1 timed out". Every outcome has an arm, which the compiler checks.</summary>
internal static class OutcomeDescriptions
{
#pragma warning disable CS8524 // Only a number that is no outcome has no arm.
    public static string Of(CallOutcome outcome) => outcome switch
    {
        CallOutcome.Ok => "answered",
        CallOutcome.TimedOut => "timed out",
        CallOutcome.Stalled => "fell silent",
        CallOutcome.ServerError => "failed (5xx)",
        CallOutcome.TransportError => "could not be reached",
        CallOutcome.RateLimited => "rate limited",
        CallOutcome.GateRefused => "over its limit",
        CallOutcome.AuthenticationFailed => "misconfigured",
        CallOutcome.NotFound => "misconfigured",
        CallOutcome.RequestRejected => "refused the request",
        CallOutcome.Unsupported => "cannot take the content",
        CallOutcome.Blank => "answered nothing",
        CallOutcome.BlankAtLength => "was cut before it answered",
        CallOutcome.Refused => "declined",
        CallOutcome.Filtered => "was filtered",
        CallOutcome.InvalidResponse => "answered unreadably",
        CallOutcome.Incomplete => "broke off",
        CallOutcome.Cancelled => "not waited for",
        CallOutcome.Lost => "was lost",
        CallOutcome.BudgetExceeded => "over the budget",
        CallOutcome.WrongFormat => "answered in another format than was asked for",
    };
#pragma warning restore CS8524
}
