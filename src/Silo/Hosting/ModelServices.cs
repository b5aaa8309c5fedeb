using Ensemble.Catalog;
using Ensemble.Catalog.Addresses;
using Ensemble.Catalog.Secrets;
using Ensemble.Execution;
using Ensemble.Frontend.Options;
using Ensemble.Gates;
using Ensemble.Members;
using Ensemble.Models;
using Ensemble.Providers.Anthropic;
using Ensemble.Providers.Http;
using Ensemble.Providers.OpenAi;
using Ensemble.Providers.Simulated;
using Ensemble.Runs;
using Ensemble.Silo.Telemetry;
using Ensemble.Telemetry;
using Ensemble.Upstreams;
using Ensemble.Usage;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Ensemble.Silo.Hosting;

internal static partial class ModelServices
{
    /// <summary>
    /// Adds the services that call models, for processes that execute runs, and usage records. It needs an <see cref="IGate"/> and an
    /// <see cref="IUsageStore"/>.
    /// </summary>
    public static IServiceCollection AddEnsembleModels(this IServiceCollection services, FrontendOptions options)
    {
        services.AddEnsembleTelemetry(options);
        services.TryAddSingleton(static provider => new JsonLinesUsageSink(
            Console.OpenStandardOutput(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<JsonLinesUsageSink>>()));
        services.TryAddSingleton(static provider => new UsageLedger(
            provider.GetRequiredService<IUsageStore>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<UsageLedger>>(),
            durability: provider.GetRequiredService<FrontendOptions>().Durability));
        services.TryAddSingleton(OpenUsageSink);
        services.AddHostedService<LedgerShutdown>();
        services.TryAddSingleton(static provider => OpenNetwork(
            provider.GetRequiredService<FrontendOptions>(), provider.GetRequiredService<ILogger<UpstreamHttp>>()));
        services.TryAddSingleton<OpenAiUpstream>();
        services.TryAddSingleton<AnthropicUpstream>();
        services.TryAddSingleton<SimulatedUpstream>();
        services.TryAddSingleton<IReadOnlyDictionary<ProviderKind, IUpstream>>(static provider =>
            new Dictionary<ProviderKind, IUpstream>
            {
                [ProviderKind.OpenAi] = provider.GetRequiredService<OpenAiUpstream>(),
                [ProviderKind.AzureOpenAi] = provider.GetRequiredService<OpenAiUpstream>(),
                [ProviderKind.Anthropic] = provider.GetRequiredService<AnthropicUpstream>(),
                [ProviderKind.Simulated] = provider.GetRequiredService<SimulatedUpstream>(),
            });
        services.TryAddSingleton<ModelProbe>();
        services.TryAddSingleton<IModelProbe>(static provider => provider.GetRequiredService<ModelProbe>());
        services.TryAddSingleton(OpenReporter);
        services.TryAddSingleton(OpenBuffers);
        services.TryAddSingleton<IModelCaller>(static provider => new ModelCaller(
            provider.GetRequiredService<IReadOnlyDictionary<ProviderKind, IUpstream>>(),
            provider.GetRequiredService<IGate>(),
            provider.GetRequiredService<TimeProvider>(),
            new Random(Environment.TickCount),
            provider.GetRequiredService<ILogger<ModelCaller>>()));
        services.TryAddSingleton(static provider => new RunServices(
            provider.GetRequiredService<IModelCaller>(),
            provider.GetRequiredService<IUsageSink>(),
            provider.GetRequiredService<TimeProvider>())
        {
            Advice = provider.GetService<IAdviceStore>() ?? new MemoryAdviceStore(provider.GetRequiredService<TimeProvider>()),
            Buffers = provider.GetRequiredService<ByteBudget>(),
            CaptureContent = provider.GetRequiredService<FrontendOptions>().CapturesContent,
            Panels = provider.GetRequiredService<FrontendOptions>() is { StoresAnswers: true } or { CapturesContent: true }
                ? provider.GetRequiredService<StoredPanels>()
                : null,
        });
        services.TryAddSingleton(static provider => new StoredPanels(
            provider.GetRequiredService<IPanelStore>(),
            provider.GetRequiredService<FrontendOptions>().Sealer ?? SecretSealer.CreateEphemeral(),
            provider.GetRequiredService<FrontendOptions>().ReplayRetention,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<StoredPanels>>()));
        services.TryAddSingleton(static provider => new StoredAnswers(
            provider.GetRequiredService<IRunStore>(),
            provider.GetRequiredService<FrontendOptions>().Sealer,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<StoredAnswers>>()));
        return services;
    }

    private static NodeReporter OpenReporter(IServiceProvider provider) => new(
        provider.GetRequiredService<FrontendOptions>().Telemetry.Role,
        provider.GetService<RunHost>() ?? provider.GetRequiredService<IRunsInFlight>(),
        provider.GetRequiredService<UsageLedger>(),
        provider.GetRequiredService<ByteBudget>(),
        provider.GetService<IGateHosts>());

    private static ByteBudget OpenBuffers(IServiceProvider provider) =>
        new(provider.GetRequiredService<FrontendOptions>().MaxBufferedBytes);

    private static IUsageSink OpenUsageSink(IServiceProvider provider)
    {
        List<IUsageSink> sinks = [provider.GetRequiredService<RunInstruments>()];
        if (provider.GetRequiredService<FrontendOptions>().LogsUsage)
        {
            sinks.Add(provider.GetRequiredService<JsonLinesUsageSink>());
        }

        sinks.Add(provider.GetRequiredService<UsageLedger>());

        // Absent if usage cannot be watched.
        if (provider.GetKeyedService<IUsageSink>(UsageFeed.SinkName) is { } watchers)
        {
            sinks.Add(watchers);
        }

        return new CompositeUsageSink([.. sinks]);
    }

    private static UpstreamHttp OpenNetwork(FrontendOptions options, ILogger<UpstreamHttp> logger)
    {
        string[] names = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
        if (!options.UseProxy && names.FirstOrDefault(name => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name))) is { } proxy)
        {
            LogProxyUnused(logger, proxy);
        }

        return new UpstreamHttp(network: new UpstreamNetwork
        {
            AllowedNetworks = options.AllowedNetworks,
            UseProxy = options.UseProxy,
            PropagatesTrace = options.Telemetry.PropagatesToProviders,
        });
    }

    [LoggerMessage(
        EventId = EventIds.ProxyUnused, EventName = nameof(EventIds.ProxyUnused), Level = LogLevel.Warning,
        Message = "{Variable} is set, but providers are called directly. Set Security:UseProxy to true if they can be reached only "
            + "through the proxy.")]
    private static partial void LogProxyUnused(ILogger logger, string variable);
}
