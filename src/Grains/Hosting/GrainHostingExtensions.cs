using Ensemble.Gates;
using Ensemble.Grains.Gates;
using Ensemble.Grains.Runs;
using Ensemble.Runs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Ensemble.Grains.Hosting;

public static class GrainHostingExtensions
{
    /// <summary>
    /// Adds what a silo needs to hold runs and gates. It needs the catalog, the stores, a usage sink and <see cref="RunServices"/> beside it.
    /// </summary>
    public static ISiloBuilder AddEnsembleGrains(this ISiloBuilder silo)
    {
        silo.Services.TryAddSingleton<SiloRuns>();
        silo.Services.AddClusterGates();
        return silo;
    }

    /// <summary>Adds the ports over the cluster for a frontend. It needs an <see cref="IGrainFactory"/>: a client of the cluster, or a silo beside it.</summary>
    /// <param name="maxRuns">Runs of this frontend in flight at most.</param>
    public static IServiceCollection AddClusterEngine(this IServiceCollection services, int maxRuns)
    {
        services.AddClusterGates();
        services.TryAddSingleton(provider => new ClusterRunEngine(
            provider.GetRequiredService<IGrainFactory>(),
            maxRuns,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ClusterRunEngine>>()));
        services.TryAddSingleton<IRunEngine>(static provider => provider.GetRequiredService<ClusterRunEngine>());
        services.TryAddSingleton<IRunsInFlight>(static provider => provider.GetRequiredService<ClusterRunEngine>());
        return services;
    }

    /// <summary>One for a process: the leases of all its runs are renewed together.</summary>
    private static IServiceCollection AddClusterGates(this IServiceCollection services)
    {
        services.TryAddSingleton<IGate>(static provider => new RenewingGates(
            new ClusterGates(provider.GetRequiredService<IGrainFactory>()),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<RenewingGates>>()));
        return services;
    }
}
