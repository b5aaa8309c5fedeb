using Ensemble.Frontend.Errors;
using Ensemble.Frontend.Options;
using Ensemble.Runs;
using Ensemble.Telemetry;
using Ensemble.Usage;

namespace Ensemble.Frontend.Requests;

/// <summary>
/// As many places as runs may be in flight, for requests that are read and answered: one is taken before a byte of the body is read.
/// </summary>
internal sealed partial class RequestSlots(
    FrontendOptions options, IRunsInFlight runs, ByteBudget buffers, ILogger<RequestSlots> logger)
{
    private readonly HalfFullDetector _halfFull = new(options.MaxRuns);
    private int _taken;

    /// <returns>A place to leave once the request is answered; or why there is none.</returns>
    public (RequestSlot? Slot, ApiError? Error) Enter()
    {
        // Runs that callers may repeat go on without their requests.
        var (taken, inFlight) = (Interlocked.Increment(ref _taken), runs.InFlight);
        if (_halfFull.Crosses(Math.Max(taken, inFlight)))
        {
            LogHalfFull(logger, Math.Max(taken, inFlight), options.MaxRuns);
        }

        if (taken <= options.MaxRuns && inFlight < options.MaxRuns)
        {
            return (new RequestSlot(this, buffers), null);
        }

        Leave();
        LogFull(logger, options.MaxRuns, inFlight);
        return (null, ApiErrors.Overloaded);
    }

    internal void Leave() => Interlocked.Decrement(ref _taken);

    internal void Refuse(long bytes) => LogNoRoom(logger, bytes, buffers.Used, buffers.Limit);

    [LoggerMessage(
        EventId = EventIds.RunsHalfFull, EventName = nameof(EventIds.RunsHalfFull), Level = LogLevel.Warning,
        Message = "{InFlight} runs are in flight, of at most {MaxRuns} (Limits:MaxRuns); further ones are refused then. Add nodes, or "
            + "raise the limit.")]
    private static partial void LogHalfFull(ILogger logger, int inFlight, int maxRuns);

    [LoggerMessage(
        EventId = EventIds.RequestRefused, EventName = nameof(EventIds.RequestRefused), Level = LogLevel.Warning,
        Message = "A request is refused before its body is read: all of {MaxRuns} places (Limits:MaxRuns) are taken, by {InFlight} runs "
            + "and others. Add nodes, or raise the limit.")]
    private static partial void LogFull(ILogger logger, int maxRuns, int inFlight);

    [LoggerMessage(
        EventId = EventIds.NoRoomForBody, EventName = nameof(EventIds.NoRoomForBody), Level = LogLevel.Warning,
        Message = "A body of {Bytes} bytes is refused: {Used} of {Limit} bytes (Limits:MaxBufferedBytes) are taken. Add nodes, or raise "
            + "the limit.")]
    private static partial void LogNoRoom(ILogger logger, long bytes, long used, long limit);
}
