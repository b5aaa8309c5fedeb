using Ensemble.Catalog;
using Ensemble.Catalog.Serving;
using Ensemble.Telemetry;

namespace Ensemble.Silo.Hosting;

/// <summary>Reads a stored catalog before the listener opens, and says where only simulated models answer.</summary>
internal sealed partial class CatalogStartup(ICatalog catalog, ILogger<CatalogStartup> logger) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (catalog is not StoreCatalog stored)
        {
            return;
        }

        await stored.StartAsync(cancellationToken);
        var snapshot = stored.Current;
        if (snapshot.Models.Count > 0 && snapshot.Models.Values.All(model => model.Provider == ProviderKind.Simulated))
        {
            var ensembles = string.Join(", ", snapshot.Ensembles.Keys.Order(StringComparer.Ordinal));
            LogSimulated(logger, ensembles);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(
        EventId = EventIds.SimulatedCatalog, EventName = nameof(EventIds.SimulatedCatalog), Level = LogLevel.Information,
        Message = "No provider is configured: simulated models answer, without key and network. Ensembles to name: {Ensembles}.")]
    private static partial void LogSimulated(ILogger logger, string ensembles);
}
