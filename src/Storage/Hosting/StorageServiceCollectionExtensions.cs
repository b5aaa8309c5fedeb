using Ensemble.Catalog;
using Ensemble.Gates;
using Ensemble.Runs;
using Ensemble.Usage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Ensemble.Storage.Hosting;

public static class StorageServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="IEnsembleStorage"/> and its stores, as <see cref="ICatalogStore"/>, <see cref="IGateStore"/>,
    /// <see cref="IRunStore"/>, <see cref="IPanelStore"/>, <see cref="IUsageStore"/>, <see cref="IUsageQueries"/> and
    /// <see cref="IReportStore"/>. A host opens the database when it starts, and does not start without it.
    /// </summary>
    public static IServiceCollection AddEnsembleStorage(this IServiceCollection services, StorageOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => EnsembleStorage.Create(
            options, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>()));
        services.TryAddSingleton(static provider => provider.GetRequiredService<IEnsembleStorage>().Catalog);
        services.TryAddSingleton(static provider => provider.GetRequiredService<IEnsembleStorage>().Gates);
        services.TryAddSingleton(static provider => provider.GetRequiredService<IEnsembleStorage>().Runs);
        services.TryAddSingleton(static provider => provider.GetRequiredService<IEnsembleStorage>().Panels);
        services.TryAddSingleton(static provider => provider.GetRequiredService<IEnsembleStorage>().Usage);
        services.TryAddSingleton(static provider => provider.GetRequiredService<IEnsembleStorage>().UsageQueries);
        services.TryAddSingleton(static provider => provider.GetRequiredService<IEnsembleStorage>().Reports);
        services.AddHostedService<StorageStartup>();
        services.AddHostedService(provider => new ExpirySweep(
            provider.GetRequiredService<IEnsembleStorage>(),
            options.UsageRetentionDays,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ExpirySweep>>()));
        return services;
    }
}
