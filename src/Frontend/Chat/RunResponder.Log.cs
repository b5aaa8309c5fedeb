namespace Ensemble.Frontend.Chat;

internal sealed partial class RunResponder
{
    [LoggerMessage(
        EventId = 22, EventName = "RunRefused", Message = "run {RunId} of {Model} is not begun: {Code}; the caller's key is '{Caller}'")]
    private static partial void LogRefused(ILogger logger, LogLevel level, string runId, string model, string? code, string? caller);
}
