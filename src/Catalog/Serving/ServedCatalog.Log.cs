using Ensemble.Telemetry;
using Microsoft.Extensions.Logging;

namespace Ensemble.Catalog.Serving;

internal sealed partial class ServedCatalog
{
    [LoggerMessage(
        EventId = EventIds.CatalogServed, EventName = nameof(EventIds.CatalogServed), Level = LogLevel.Information,
        Message = "Catalog {Source} is served at revision {Revision}: {Models} models, {Ensembles} ensembles, {Keys} keys.")]
    private static partial void LogServed(ILogger logger, string source, long revision, int models, int ensembles, int keys);

    [LoggerMessage(
        EventId = EventIds.CatalogWarnings, EventName = nameof(EventIds.CatalogWarnings), Level = LogLevel.Warning,
        Message = "Catalog {Source} is served with warnings:\n{Report}")]
    private static partial void LogWarnings(ILogger logger, string source, string report);

    [LoggerMessage(
        EventId = EventIds.CatalogRefused, EventName = nameof(EventIds.CatalogRefused), Level = LogLevel.Warning,
        Message = "Catalog {Source} was not taken; revision {Revision} is still served:\n{Report}")]
    private static partial void LogRefused(ILogger logger, string source, long revision, string report);

    [LoggerMessage(
        EventId = EventIds.CatalogRestored, EventName = nameof(EventIds.CatalogRestored), Level = LogLevel.Information,
        Message = "Catalog {Source} is again as it was at revision {Revision}.")]
    private static partial void LogRecovered(ILogger logger, string source, long revision);

    [LoggerMessage(
        EventId = EventIds.CatalogListenerFailed, EventName = nameof(EventIds.CatalogListenerFailed), Level = LogLevel.Error,
        Message = "A listener failed on catalog revision {Revision}.")]
    private static partial void LogListenerFailed(ILogger logger, Exception exception, long revision);
}
