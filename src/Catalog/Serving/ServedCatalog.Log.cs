using Microsoft.Extensions.Logging;

namespace Ensemble.Catalog.Serving;

internal sealed partial class ServedCatalog
{
    [LoggerMessage(
        1, LogLevel.Information, "Catalog {Source} is served at revision {Revision}: {Models} models, {Ensembles} ensembles, {Keys} keys")]
    private static partial void LogServed(ILogger logger, string source, long revision, int models, int ensembles, int keys);

    [LoggerMessage(2, LogLevel.Warning, "Catalog {Source} is served with warnings:\n{Report}")]
    private static partial void LogWarnings(ILogger logger, string source, string report);

    [LoggerMessage(3, LogLevel.Warning, "Catalog {Source} was not taken; revision {Revision} is still served:\n{Report}")]
    private static partial void LogRefused(ILogger logger, string source, long revision, string report);

    [LoggerMessage(4, LogLevel.Information, "Catalog {Source} is again as it was at revision {Revision}")]
    private static partial void LogRecovered(ILogger logger, string source, long revision);

    [LoggerMessage(5, LogLevel.Error, "A listener failed on catalog revision {Revision}")]
    private static partial void LogListenerFailed(ILogger logger, Exception exception, long revision);
}
