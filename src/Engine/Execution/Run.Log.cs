using Ensemble.Runs;
using Ensemble.Telemetry;
using Microsoft.Extensions.Logging;

namespace Ensemble.Execution;

public sealed partial class Run
{
    [LoggerMessage(
        EventId = EventIds.RunFault, EventName = nameof(EventIds.RunFault), Level = LogLevel.Error,
        Message = "Run {RunId} of {Ensemble} failed by a fault of the gateway.")]
    private static partial void LogFault(ILogger logger, Exception exception, string runId, string ensemble);

    [LoggerMessage(
        EventId = EventIds.RunFailed, EventName = nameof(EventIds.RunFailed),
        Message = "Run {RunId} of {Ensemble} failed as {Outcome} after {Calls} calls and {Milliseconds} ms. Its manifest says why.")]
    private static partial void LogFailed(
        ILogger logger, LogLevel level, string runId, string ensemble, string outcome, int calls, long milliseconds);

    /// <returns>Null where no line is needed: the caller left, or the fault has been logged.</returns>
    private static LogLevel? FailedLevel(RunFailureKind kind) => kind switch
    {
        RunFailureKind.Cancelled or RunFailureKind.InternalError => null,
        RunFailureKind.RequestRejected or RunFailureKind.UnsupportedContent or RunFailureKind.MaxTokensTooSmall
            or RunFailureKind.PanelRateLimited or RunFailureKind.RateLimitExceeded
            or RunFailureKind.BudgetExceeded or RunFailureKind.AnswersNotStored => LogLevel.Information,
        _ => LogLevel.Warning,
    };
}
