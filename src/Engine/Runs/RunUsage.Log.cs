using Ensemble.Telemetry;
using Ensemble.Upstreams;
using Microsoft.Extensions.Logging;

namespace Ensemble.Runs;

internal sealed partial class RunUsage
{
    /// <summary>What a provider says is not logged: it may repeat the prompt. The manifest has it.</summary>
    [LoggerMessage(
        EventId = EventIds.CallFailed, EventName = nameof(EventIds.CallFailed),
        Message = "Run {RunId}: the call of {Model} failed as {Outcome}, HTTP status {Status}, after {Attempts} attempts and "
            + "{Milliseconds} ms. The manifest of the run says why.")]
    private static partial void LogFailed(
        ILogger logger, LogLevel level, string runId, string model, string outcome, string status, int attempts, long milliseconds);

    /// <returns>Null for a call that did not fail.</returns>
    private static LogLevel? FailedLevel(CallOutcome outcome) => outcome switch
    {
        CallOutcome.Ok or CallOutcome.Cancelled => null,

        // By what was asked, or by a limit that was set: nothing is broken.
        CallOutcome.RequestRejected or CallOutcome.Unsupported or CallOutcome.Refused or CallOutcome.Filtered
            or CallOutcome.BlankAtLength or CallOutcome.GateRefused or CallOutcome.BudgetExceeded => LogLevel.Information,
        _ => LogLevel.Warning,
    };
}
