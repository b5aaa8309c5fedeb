using Ensemble.Catalog;
using Ensemble.Catalog.Addresses;
using Ensemble.Catalog.Editing;
using Ensemble.Catalog.Secrets;
using Ensemble.Catalog.Serving;
using Ensemble.Execution;
using Ensemble.Frontend.Admin;
using Ensemble.Frontend.Callers;
using Ensemble.Frontend.Chat;
using Ensemble.Frontend.Dashboard;
using Ensemble.Frontend.Health;
using Ensemble.Frontend.Http;
using Ensemble.Frontend.Limits;
using Ensemble.Frontend.Models;
using Ensemble.Frontend.Runs;
using Ensemble.Frontend.Telemetry;
using Ensemble.Gates;
using Ensemble.Members;
using Ensemble.Models;
using Ensemble.Providers.Anthropic;
using Ensemble.Providers.Http;
using Ensemble.Providers.OpenAi;
using Ensemble.Providers.Simulated;
using Ensemble.Reports;
using Ensemble.Runs;
using Ensemble.Telemetry;
using Ensemble.Upstreams;
using Ensemble.Usage;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Ensemble.Frontend.Hosting;

public static partial class ServiceCollectionExtensions
{
    /// <summary>Adds the HTTP tier. It needs an <see cref="IRunEngine"/>, and the stores.</summary>
    public static IServiceCollection AddEnsembleFrontend(this IServiceCollection services, FrontendOptions options)
    {
        services.AddEnsembleCatalog(options);
        services.AddEnsembleCors(options);
        services.AddEnsembleAccess();
        services.TryAddSingleton(OpenEditor);
        services.AddSingleton<DashboardSessions>();
        services.AddSingleton<SessionEndpoint>();
        services.AddKeyedSingleton<EntriesEndpoint>(CatalogEntryKind.Model, NewEntries);
        services.AddKeyedSingleton<EntriesEndpoint>(CatalogEntryKind.Key, NewEntries);
        services.AddSingleton<GatesEndpoint>();
        services.TryAddSingleton(OpenMember);
        services.TryAddSingleton<IClusterMembers>(static provider => provider.GetRequiredService<LocalMember>());
        services.AddSingleton<ClusterEndpoint>();
        services.AddSingleton<UsageEndpoint>();
        services.AddSingleton<ReportEndpoint>();
        services.TryAddSingleton(static _ => new UsageFeed());
        services.AddSingleton<UsageStreamEndpoint>();
        services.TryAddSingleton(OpenBuffers);
        services.AddSingleton<RequestSlots>();
        services.AddSingleton<BodyReader>();
        services.AddSingleton<RequestGates>();
        services.AddSingleton<MonthlyBudgets>();
        services.AddSingleton<RepeatedRequests>();
        services.AddSingleton<RunResponder>();
        services.AddSingleton<ChatEndpoint>();
        services.AddSingleton<ModelsEndpoint>();
        services.AddSingleton<RunFinder>();
        services.AddSingleton<RunsEndpoint>();
        services.AddSingleton<ReplayEndpoint>();
        services.TryAddSingleton(static provider =>
            new SealedComments(provider.GetRequiredService<FrontendOptions>().CapturesContent ? provider.GetRequiredService<FrontendOptions>().Sealer : null));
        services.AddSingleton<FeedbackEndpoint>();
        services.AddSingleton<HealthEndpoints>();
        services.AddSingleton<Drain>();
        services.AddHostedService(static provider => provider.GetRequiredService<Drain>());
        return services;
    }

    /// <summary>Adds the catalog that the options name, and the secrets it refers to.</summary>
    public static IServiceCollection AddEnsembleCatalog(this IServiceCollection services, FrontendOptions options)
    {
        services.AddSingleton(options);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new SecretPolicy(options.SecretDirectory));
        services.TryAddSingleton(static provider => new SecretResolver(
            provider.GetRequiredService<TimeProvider>(),
            environment: null,
            provider.GetRequiredService<SecretPolicy>(),
            provider.GetRequiredService<FrontendOptions>().Sealer));
        services.TryAddSingleton<ISecrets>(provider => provider.GetRequiredService<SecretResolver>());
        services.TryAddSingleton<ICatalog>(OpenCatalog);
        services.AddHostedService<CatalogStartup>();
        return services;
    }

    /// <summary>
    /// Adds what calls are made with, wherever runs are executed, and their accounts. It needs an <see cref="IGate"/> and an
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
            Buffers = provider.GetRequiredService<ByteBudget>(),
            CaptureContent = provider.GetRequiredService<FrontendOptions>().CapturesContent,
            Panels = provider.GetRequiredService<FrontendOptions>().StoresAnswers ? provider.GetRequiredService<StoredPanels>() : null,
        });
        services.TryAddSingleton(static provider => new StoredPanels(
            provider.GetRequiredService<IPanelStore>(),
            provider.GetRequiredService<FrontendOptions>().Sealer!,
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

    private static LocalMember OpenMember(IServiceProvider provider) => new(
        provider.GetRequiredService<FrontendOptions>().Telemetry.Instance ?? Environment.MachineName,
        provider.GetRequiredService<NodeReporter>(),
        provider.GetRequiredService<TimeProvider>());

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

        // Where nobody can watch there is none.
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

    private static ICatalog OpenCatalog(IServiceProvider provider)
    {
        if (provider.GetRequiredService<FrontendOptions>().CatalogFile is { } file)
        {
            return FileCatalog.Open(
                file,
                provider.GetRequiredService<SecretResolver>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<FileCatalog>>());
        }

        return new StoreCatalog(
            provider.GetRequiredService<ICatalogStore>(),
            provider.GetRequiredService<SecretResolver>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<StoreCatalog>>());
    }

    private static CatalogEditor OpenEditor(IServiceProvider provider)
    {
        var secrets = provider.GetRequiredService<SecretResolver>();
        return provider.GetRequiredService<ICatalog>() switch
        {
            StoreCatalog served => new CatalogEditor(
                provider.GetRequiredService<ICatalogStore>(),
                served,
                secrets,
                provider.GetRequiredService<SecretPolicy>(),
                provider.GetRequiredService<FrontendOptions>().Sealer),
            FileCatalog file => CatalogEditor.ReadOnly($"the file {file.FilePath}", file.ReadServed, secrets),
            var other => CatalogEditor.ReadOnly(
                "the program that hosts this server", () => new CatalogDocument(other.Current.Revision, []), secrets),
        };
    }

    private static EntriesEndpoint NewEntries(IServiceProvider provider, object? kind) => new(
        (CatalogEntryKind)kind!,
        provider.GetRequiredService<CatalogEditor>(),
        provider.GetRequiredService<IModelProbe>(),
        provider.GetRequiredService<BodyReader>(),
        provider.GetRequiredService<FrontendOptions>());

    [LoggerMessage(
        EventId = EventIds.ProxyUnused, EventName = nameof(EventIds.ProxyUnused), Level = LogLevel.Warning,
        Message = "{Variable} is set, but providers are called directly. Set Security:UseProxy to true if they can be reached only "
            + "through the proxy.")]
    private static partial void LogProxyUnused(ILogger logger, string variable);
}
