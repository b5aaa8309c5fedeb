using Microsoft.Extensions.Logging;

namespace Ensemble.Usage;

public sealed partial class UsageLedger
{
    [LoggerMessage(
        EventId = 2,
        EventName = "LedgerAway",
        Level = LogLevel.Warning,
        Message = "What runs took cannot be written to the database now: it waits in memory, and new runs are refused when much waits")]
    private static partial void LogUnavailable(ILogger logger, Exception exception);

    [LoggerMessage(
        EventId = 3, EventName = "LedgerBack", Level = LogLevel.Information, Message = "What runs took is written to the database again")]
    private static partial void LogRecovered(ILogger logger);

    [LoggerMessage(
        EventId = 4, EventName = "LedgerDropped", Level = LogLevel.Warning,
        Message = "{Count} sub-calls and runs have no usage record: it could not be written in time")]
    private static partial void LogDropped(ILogger logger, long count);

    [LoggerMessage(
        EventId = 5,
        EventName = "LedgerUnconfirmed",
        Level = LogLevel.Warning,
        Message = "the answer of run {RunId} was sent before its usage was in the database, as others may be: writing takes too long")]
    private static partial void LogUnconfirmed(ILogger logger, string runId);

    [LoggerMessage(
        EventId = 6,
        EventName = "LedgerHalfFull",
        Level = LogLevel.Warning,
        Message = "{Queued} of {Capacity} bytes of usage records wait for the database; at three quarters new runs are refused")]
    private static partial void LogHalfFull(ILogger logger, long queued, long capacity);

    [LoggerMessage(
        EventId = 91,
        EventName = "LedgerRefusing",
        Level = LogLevel.Warning,
        Message = "{Queued} of {Capacity} bytes of usage records wait for the database: new runs are answered 503 until less than three "
            + "quarters do. "
            + "Check that the database keeps up: its disk, its processor, its locks")]
    private static partial void LogRefusing(ILogger logger, long queued, long capacity);

    [LoggerMessage(
        EventId = 92, EventName = "LedgerDrained", Level = LogLevel.Information,
        Message = "the backlog has shrunk to {Queued} of {Capacity} bytes of usage records")]
    private static partial void LogDrained(ILogger logger, long queued, long capacity);
}
