using Microsoft.Extensions.Logging;

namespace Ensemble.Runs;

/// <summary>What engines say of runs.</summary>
public static partial class RunLog
{
    [LoggerMessage(
        EventId = 13,
        EventName = "RunsHalfFull",
        Level = LogLevel.Warning,
        Message = "{InFlight} runs are in flight, of at most {MaxRuns} (Limits:MaxRuns): above that new ones are refused")]
    public static partial void HalfFull(ILogger logger, int inFlight, int maxRuns);
}
