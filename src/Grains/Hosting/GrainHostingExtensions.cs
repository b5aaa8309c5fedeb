using System.Diagnostics.Metrics;
using Ensemble.Execution;
using Ensemble.Gates;
using Ensemble.Grains.Answers;
using Ensemble.Grains.Calls;
using Ensemble.Grains.Gates;
using Ensemble.Grains.Members;
using Ensemble.Grains.Models;
using Ensemble.Grains.Reach;
using Ensemble.Grains.Runs;
using Ensemble.Grains.Silos;
using Ensemble.Grains.Streams;
using Ensemble.Grains.Usage;
using Ensemble.Members;
using Ensemble.Models;
using Ensemble.Runs;
using Ensemble.Telemetry;
using Ensemble.Usage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Orleans.Placement;
using Orleans.Streams;

namespace Ensemble.Grains.Hosting;

public static class GrainHostingExtensions
{
    /// <summary>
    /// Adds what a silo needs to hold runs and gates, and to tell watchers of them. It needs the catalog, the stores, a usage sink,
    /// <see cref="StoredAnswers"/> and <see cref="RunServices"/> beside it.
    /// </summary>
    /// <param name="isAlone">Whether all frontends are in this process: they read runs and usage where they are, and no stream is
    /// needed.</param>
    public static ISiloBuilder AddEnsembleGrains(this ISiloBuilder silo, bool isAlone = false)
    {
        silo.Services.TryAddSingleton<RunHost>();
        silo.Services.TryAddSingleton<SiloGates>();
        silo.Services.TryAddSingleton(static provider => new MemoryAdviceStore(provider.GetRequiredService<TimeProvider>()));
        if (!isAlone)
        {
            silo.Services.TryAddSingleton<IAdviceStore>(static provider => new ClusterAdvice(provider.GetRequiredService<IGrainFactory>()));
        }

        silo.Services.TryAddSingleton<IGateHosts>(static provider => provider.GetRequiredService<SiloGates>());

        // Two activations of one gate must not admit side by side while membership changes. Runs stand that: their usual directory costs
        // less.
#pragma warning disable ORLEANSEXP003
        silo.AddDistributedGrainDirectory(GateGrain.Directory);
#pragma warning restore ORLEANSEXP003
        silo.Services.AddPlacementFilter<AtSiloStrategy, AtSiloDirector>(ServiceLifetime.Singleton);
        silo.Services.AddPlacementFilter<SkipDrainingStrategy, SkipDrainingDirector>(ServiceLifetime.Singleton);
        silo.Services.AddClusterGates();
        silo.AddGrainService<NodeService>();
        silo.Services.AddSingleton<NodeServices>();
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, FinalGateReports>();
        return isAlone ? silo.AddUsageFeed() : silo.PublishToFrontends();
    }

    /// <summary>
    /// Adds the ports over the cluster for a frontend, and shows its watchers the usage of all silos. It needs an
    /// <see cref="IClusterClient"/> with <c>AddPushStreams</c>, or a silo beside it.
    /// </summary>
    /// <param name="maxRuns">Runs of this frontend in flight at most.</param>
    /// <param name="answers">How streamed answers of other processes come.</param>
    /// <param name="isAlone">Whether the only silo is in this process.</param>
    public static IServiceCollection AddClusterEngine(
        this IServiceCollection services, int maxRuns, AnswerTransport answers = AnswerTransport.Pull, bool isAlone = false)
    {
        services.AddClusterGates();
        if (answers == AnswerTransport.Stream && !isAlone)
        {
            services.TryAddSingleton(static provider => new AnswerStream(
                observer => provider.GetRequiredService<IClusterClient>().SubscribeAsync(AnswerStreams.Namespace, observer),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<AnswerStream>>(),
                new AnswerInstruments(Meter(provider))));
            services.AddHostedService(static provider => provider.GetRequiredService<AnswerStream>());
        }

        services.TryAddSingleton(static _ => new UsageFeed());
        if (!isAlone)
        {
            services.TryAddSingleton<IUsageWatch>(static provider => new GrainUsageWatch(provider.GetRequiredService<IGrainFactory>()));
            services.AddHostedService(static provider => new UsageListener(
                provider.GetRequiredService<UsageFeed>(),
                observer => provider.GetRequiredService<IClusterClient>().SubscribeAsync(UsageStreams.Namespace, observer),
                provider.GetRequiredService<IUsageWatch>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<UsageListener>>()));
        }

        services.TryAddSingleton(provider => new ClusterRunEngine(
            provider.GetRequiredService<IGrainFactory>(),
            provider.GetRequiredService<ClusterCalls>(),
            maxRuns,
            provider.GetService<AnswerStream>(),
            provider.GetRequiredService<ILogger<ClusterRunEngine>>(),
            provider.GetService<RunHost>()));
        services.TryAddSingleton<IRunEngine>(static provider => provider.GetRequiredService<ClusterRunEngine>());
        services.TryAddSingleton<IRunsInFlight>(static provider => provider.GetRequiredService<ClusterRunEngine>());
        services.Replace(ServiceDescriptor.Singleton<IModelProbe, ClusterProbe>());
        services.Replace(ServiceDescriptor.Singleton<IClusterMembers>(static provider => new ClusterMembers(
            provider.GetRequiredService<IGrainFactory>(),
            provider.GetService<RunHost>() is null ? provider.GetRequiredService<LocalMember>() : null,
            provider.GetRequiredService<TimeProvider>())));
        return services;
    }

    /// <summary>Adds <see cref="IClusterReachability"/> for a frontend whose silos are other processes.</summary>
    public static IServiceCollection AddSiloReachability(this IServiceCollection services)
    {
        services.TryAddSingleton(static provider => new SiloReachability(
            number => provider.GetRequiredService<IGrainFactory>().GetGrain<ISiloPingGrain>(number).PingAsync(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SiloReachability>>()));
        services.TryAddSingleton<IClusterReachability>(static provider => provider.GetRequiredService<SiloReachability>());
        services.AddHostedService(static provider => provider.GetRequiredService<SiloReachability>());
        return services;
    }

    private static ISiloBuilder AddUsageFeed(this ISiloBuilder silo)
    {
        silo.Services.TryAddSingleton(static _ => new UsageFeed());
        silo.Services.TryAddKeyedSingleton<IUsageSink>(
            UsageFeed.SinkName, static (provider, _) => provider.GetRequiredService<UsageFeed>());
        return silo;
    }

    private static ISiloBuilder PublishToFrontends(this ISiloBuilder silo)
    {
        silo.Services.TryAddSingleton(static provider => new AnswerPublisher(
            key => Stream<AnswerBatch>(provider, AnswerStreams.Namespace, key), provider.GetRequiredService<ILogger<AnswerPublisher>>()));
        silo.Services.TryAddSingleton(static provider => new UsagePublisher(
            key => Stream<UsageStreamBatch>(provider, UsageStreams.Namespace, key),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<UsagePublisher>>()));
        silo.Services.TryAddKeyedSingleton<IUsageSink>(
            UsageFeed.SinkName, static (provider, _) => provider.GetRequiredService<UsagePublisher>());
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(static provider => provider.GetRequiredService<UsagePublisher>());
        return silo.AddPushStreams();
    }

    private static IAsyncStream<T> Stream<T>(IServiceProvider provider, string streamNamespace, string key) =>
        provider.GetRequiredKeyedService<IStreamProvider>(StreamHostingExtensions.ProviderName)
            .GetStream<T>(StreamId.Create(streamNamespace, key));

    /// <summary>One agent for a process: what all its runs do at a gate is reported together.</summary>
    private static IServiceCollection AddClusterGates(this IServiceCollection services)
    {
        services.TryAddSingleton<ClusterCalls>();
        services.TryAddSingleton(static provider => new GateInstruments(Meter(provider)));
        services.TryAddSingleton<IGateAuthority>(static provider => new ClusterGates(
            provider.GetRequiredService<IGrainFactory>(), provider.GetRequiredService<ClusterCalls>()));
        services.TryAddSingleton<GateAgent>();
        services.TryAddSingleton<IGate>(static provider => provider.GetRequiredService<GateAgent>());
        return services;
    }

    private static Meter Meter(IServiceProvider provider) =>
        provider.GetRequiredService<IMeterFactory>().Create(EnsembleTelemetry.Name, EnsembleTelemetry.Version);
}
