using Microsoft.Extensions.Logging;

namespace Ensemble.Grains.Streams;

internal static partial class StreamLog
{
    [LoggerMessage(79, LogLevel.Debug, "an old subscription to a stream could not be ended")]
    public static partial void NotEnded(ILogger logger, Exception exception);

    [LoggerMessage(80, LogLevel.Debug, "a beat could not be published")]
    public static partial void NoBeat(ILogger logger, Exception exception);
}
