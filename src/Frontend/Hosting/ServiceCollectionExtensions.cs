using Ensemble.Catalog;
using Ensemble.Catalog.Editing;
using Ensemble.Catalog.Secrets;
using Ensemble.Catalog.Serving;
using Ensemble.Execution;
using Ensemble.Frontend.Admin;
using Ensemble.Frontend.Callers;
using Ensemble.Frontend.Chat;
using Ensemble.Frontend.Dashboard;
using Ensemble.Frontend.Dialects;
using Ensemble.Frontend.Health;
using Ensemble.Frontend.Limits;
using Ensemble.Frontend.Messages;
using Ensemble.Frontend.Models;
using Ensemble.Frontend.Options;
using Ensemble.Frontend.Replays;
using Ensemble.Frontend.Requests;
using Ensemble.Frontend.Responses;
using Ensemble.Frontend.Runs;
using Ensemble.Members;
using Ensemble.Models;
using Ensemble.Reports;
using Ensemble.Runs;
using Ensemble.Usage;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Ensemble.Frontend.Hosting;

public static class ServiceCollectionExtensions
{
    private const string ChatPath = "/v1/chat/completions";
    private const string ResponsesPath = "/v1/responses";
    private const string MessagesPath = "/v1/messages";

    /// <summary>The addresses of the endpoints that answer chat requests; they are the services' keys.</summary>
    internal static readonly string[] AnswerPaths = [ChatPath, ResponsesPath, MessagesPath];

    /// <summary>Adds the HTTP tier. It needs a catalog, the services that call models, an <see cref="IRunEngine"/>, and the stores.</summary>
    public static IServiceCollection AddEnsembleFrontend(this IServiceCollection services, FrontendOptions options)
    {
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
        services.AddSingleton<RequestSlots>();
        services.AddSingleton<BodyReader>();
        services.AddSingleton<RequestGates>();
        services.AddSingleton<MonthlyBudgets>();
        services.AddSingleton<RepeatedRequests>();
        services.AddSingleton<RunResponder>();
        services.AddKeyedSingleton(ChatPath, static (provider, _) => NewEndpoint(provider, new ChatDialect()));
        services.AddKeyedSingleton(ResponsesPath, static (provider, _) => NewEndpoint(provider, new ResponsesDialect()));
        services.AddKeyedSingleton(MessagesPath, static (provider, _) => NewEndpoint(provider, new MessagesDialect()));
        services.AddSingleton<TokenCounter>();
        services.AddSingleton<CountTokensEndpoint>();
        services.AddSingleton<ModelsEndpoint>();
        services.AddSingleton<RunFinder>();
        services.AddSingleton<RunsEndpoint>();
        services.AddSingleton<ContentEndpoint>();
        services.AddSingleton<ReplayEndpoint>();
        services.TryAddSingleton(static provider => new SealedComments(
            provider.GetRequiredService<FrontendOptions>() is { CapturesContent: true } capturing ? capturing.Sealer : null));
        services.AddSingleton<FeedbackEndpoint>();
        services.AddSingleton<HealthEndpoints>();
        services.AddSingleton<Drain>();
        services.AddHostedService(static provider => provider.GetRequiredService<Drain>());
        return services;
    }

    private static LocalMember OpenMember(IServiceProvider provider) => new(
        provider.GetRequiredService<FrontendOptions>().Telemetry.Instance ?? Environment.MachineName,
        provider.GetRequiredService<NodeReporter>(),
        provider.GetRequiredService<TimeProvider>());

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

    private static ChatEndpoint NewEndpoint(IServiceProvider provider, IDialect dialect) => new(
        dialect,
        provider.GetRequiredService<RequestSlots>(),
        provider.GetRequiredService<BodyReader>(),
        provider.GetRequiredService<ICatalog>(),
        provider.GetRequiredService<RunResponder>(),
        provider.GetRequiredService<TimeProvider>());

    private static EntriesEndpoint NewEntries(IServiceProvider provider, object? kind) => new(
        (CatalogEntryKind)kind!,
        provider.GetRequiredService<CatalogEditor>(),
        provider.GetRequiredService<IModelProbe>(),
        provider.GetRequiredService<BodyReader>(),
        provider.GetRequiredService<FrontendOptions>());
}
