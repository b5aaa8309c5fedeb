using Ensemble.Telemetry;

namespace Ensemble.Frontend.Chat;

internal sealed partial class RunResponder
{
    [LoggerMessage(
        EventId = EventIds.RunRefused, EventName = nameof(EventIds.RunRefused),
        Message = "Run {RunId} of {Model} is not started: {Code}. The caller's key is '{Caller}'.")]
    private static partial void LogRefused(ILogger logger, LogLevel level, string runId, string model, string? code, string? caller);
}
