using Ensemble.Runs;
using Microsoft.Extensions.Logging;

namespace Ensemble.Execution;

public sealed partial class Run
{
    [LoggerMessage(
        EventId = 10, EventName = "RunFault", Level = LogLevel.Error,
        Message = "run {RunId} of {Ensemble} failed by a fault of the gateway")]
    private static partial void LogFault(ILogger logger, Exception exception, string runId, string ensemble);

    [LoggerMessage(
        EventId = 12,
        EventName = "RunFailed",
        Message = "run {RunId} of {Ensemble} failed as {Outcome} after {Calls} calls and {Milliseconds} ms; its manifest says why")]
    private static partial void LogFailed(
        ILogger logger, LogLevel level, string runId, string ensemble, string outcome, int calls, long milliseconds);

    /// <returns>Null where no line is needed: the caller left, or the fault has been logged.</returns>
    private static LogLevel? FailedLevel(RunFailureKind kind) => kind switch
    {
        RunFailureKind.Cancelled or RunFailureKind.Internal => null,
        RunFailureKind.RequestRejected or RunFailureKind.UnsupportedContent or RunFailureKind.MaxTokensTooSmall
            or RunFailureKind.RateLimited or RunFailureKind.DirectRateLimited
            or RunFailureKind.BudgetExceeded or RunFailureKind.AnswersNotStored => LogLevel.Information,
        _ => LogLevel.Warning,
    };
}
