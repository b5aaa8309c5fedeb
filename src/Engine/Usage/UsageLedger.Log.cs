using Ensemble.Telemetry;
using Microsoft.Extensions.Logging;

namespace Ensemble.Usage;

public sealed partial class UsageLedger
{
    [LoggerMessage(
        EventId = EventIds.LedgerAway, EventName = nameof(EventIds.LedgerAway), Level = LogLevel.Warning,
        Message = "Usage records cannot be written to the database now: they wait in memory, and new runs are refused when many wait. "
            + "Check the database.")]
    private static partial void LogUnavailable(ILogger logger, Exception exception);

    [LoggerMessage(
        EventId = EventIds.LedgerBack, EventName = nameof(EventIds.LedgerBack), Level = LogLevel.Information,
        Message = "Usage records are written to the database again.")]
    private static partial void LogRecovered(ILogger logger);

    [LoggerMessage(
        EventId = EventIds.LedgerDropped, EventName = nameof(EventIds.LedgerDropped), Level = LogLevel.Warning,
        Message = "{Count} sub-calls and runs have no usage record: it could not be written in time. Check that the database answers "
            + "and keeps up.")]
    private static partial void LogDropped(ILogger logger, long count);

    [LoggerMessage(
        EventId = EventIds.LedgerUnconfirmed, EventName = nameof(EventIds.LedgerUnconfirmed), Level = LogLevel.Warning,
        Message = "The answer of run {RunId} was sent before its usage was in the database, as others may be: writing takes too long. "
            + "Check that the database keeps up.")]
    private static partial void LogUnconfirmed(ILogger logger, string runId);

    [LoggerMessage(
        EventId = EventIds.LedgerHalfFull, EventName = nameof(EventIds.LedgerHalfFull), Level = LogLevel.Warning,
        Message = "{Queued} of {Capacity} bytes of usage records wait for the database; at three quarters new runs are refused. Check "
            + "that the database keeps up.")]
    private static partial void LogHalfFull(ILogger logger, long queued, long capacity);

    [LoggerMessage(
        EventId = EventIds.LedgerRefusing, EventName = nameof(EventIds.LedgerRefusing), Level = LogLevel.Warning,
        Message = "{Queued} of {Capacity} bytes of usage records wait for the database: new runs are answered 503 until less than three "
            + "quarters do. Check that the database keeps up: its disk, its processor, its locks.")]
    private static partial void LogRefusing(ILogger logger, long queued, long capacity);

    [LoggerMessage(
        EventId = EventIds.LedgerDrained, EventName = nameof(EventIds.LedgerDrained), Level = LogLevel.Information,
        Message = "The backlog has shrunk to {Queued} of {Capacity} bytes of usage records.")]
    private static partial void LogDrained(ILogger logger, long queued, long capacity);
}
