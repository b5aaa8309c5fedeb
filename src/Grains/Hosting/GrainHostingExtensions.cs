using System.Diagnostics.Metrics;
using Ensemble.Gates;
using Ensemble.Grains.Answers;
using Ensemble.Grains.Calls;
using Ensemble.Grains.Gates;
using Ensemble.Grains.Runs;
using Ensemble.Runs;
using Ensemble.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Orleans.Placement;
using Orleans.Streams;

namespace Ensemble.Grains.Hosting;

public static class GrainHostingExtensions
{
    /// <summary>
    /// Adds what a silo needs to hold runs and gates. It needs the catalog, the stores, a usage sink, <see cref="StoredAnswers"/> and
    /// <see cref="RunServices"/> beside it.
    /// </summary>
    public static ISiloBuilder AddEnsembleGrains(this ISiloBuilder silo)
    {
        silo.Services.TryAddSingleton<SiloRuns>();
        silo.Services.TryAddSingleton<SiloGates>();
        silo.Services.TryAddSingleton<IKeptGates>(static provider => provider.GetRequiredService<SiloGates>());
        silo.Services.AddPlacementFilter<SkipDrainingStrategy, SkipDrainingDirector>(ServiceLifetime.Singleton);
        silo.Services.TryAddSingleton(static provider => new AnswerPublisher(
            new OrleansAnswerWire(provider.GetRequiredKeyedService<IStreamProvider>(AnswerStreams.ProviderName)),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<AnswerPublisher>>()));
        silo.Services.AddClusterGates();
        return silo.AddAnswerStreams();
    }

    /// <summary>Adds the ports over the cluster for a frontend. It needs an <see cref="IGrainFactory"/>: a client of the cluster, or a silo beside it.</summary>
    /// <param name="maxRuns">Runs of this frontend in flight at most.</param>
    /// <param name="answers">
    /// How streamed answers come. <see cref="AnswerTransport.Stream"/> needs an <see cref="IClusterClient"/> with <c>AddAnswerStreams</c>, which a silo has.
    /// </param>
    public static IServiceCollection AddClusterEngine(this IServiceCollection services, int maxRuns, AnswerTransport answers = AnswerTransport.Pull)
    {
        services.AddClusterGates();
        if (answers == AnswerTransport.Stream)
        {
            services.TryAddSingleton<IAnswerWire>(
                static provider => new OrleansAnswerWire(provider.GetRequiredService<IClusterClient>().GetStreamProvider(AnswerStreams.ProviderName)));
            services.TryAddSingleton(static provider => new AnswerStream(
                provider.GetRequiredService<IAnswerWire>(),
                run => provider.GetRequiredService<IGrainFactory>().GetGrain<IEnsembleRunGrain>(run.Value).RenewAsync(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<AnswerStream>>(),
                new AnswerInstruments(Meter(provider))));
            services.AddHostedService(static provider => provider.GetRequiredService<AnswerStream>());
        }

        services.TryAddSingleton(provider => new ClusterRunEngine(
            provider.GetRequiredService<IGrainFactory>(),
            provider.GetRequiredService<ClusterCalls>(),
            maxRuns,
            provider.GetService<AnswerStream>(),
            provider.GetRequiredService<ILogger<ClusterRunEngine>>()));
        services.TryAddSingleton<IRunEngine>(static provider => provider.GetRequiredService<ClusterRunEngine>());
        services.Replace(ServiceDescriptor.Singleton<RepeatedRequests, RepeatedRequests>());
        services.TryAddSingleton<IRunsInFlight>(static provider => provider.GetRequiredService<ClusterRunEngine>());
        return services;
    }

    /// <summary>One for a process: the leases of all its runs are renewed together.</summary>
    private static IServiceCollection AddClusterGates(this IServiceCollection services)
    {
        services.TryAddSingleton<ClusterCalls>();
        services.TryAddSingleton(static provider => new GateInstruments(Meter(provider)));
        services.TryAddSingleton<IGate>(static provider => new MeteredGates(
            new RenewingGates(
                new ClusterGates(provider.GetRequiredService<IGrainFactory>(), provider.GetRequiredService<ClusterCalls>()),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<RenewingGates>>()),
            provider.GetRequiredService<GateInstruments>()));
        return services;
    }

    private static Meter Meter(IServiceProvider provider) =>
        provider.GetRequiredService<IMeterFactory>().Create(EnsembleTelemetry.Name, EnsembleTelemetry.Version);
}
