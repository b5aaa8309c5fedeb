using Ensemble.Catalog;
using Ensemble.Frontend.Admin;
using Ensemble.Frontend.Callers;
using Ensemble.Frontend.Chat;
using Ensemble.Frontend.Dashboard;
using Ensemble.Frontend.Health;
using Ensemble.Frontend.Messages;
using Ensemble.Frontend.Models;
using Ensemble.Frontend.OpenApi;
using Ensemble.Frontend.Options;
using Ensemble.Frontend.Replays;
using Ensemble.Frontend.Requests;
using Ensemble.Frontend.Runs;
using Ensemble.Runs;

namespace Ensemble.Frontend.Hosting;

public static class EndpointExtensions
{
    /// <summary>Maps every endpoint of the HTTP tier.</summary>
    public static WebApplication MapEnsembleFrontend(this WebApplication app)
    {
        // Opened here, so that a catalog with errors prevents the start.
        _ = app.Services.GetRequiredService<ICatalog>();
        _ = app.Services.GetRequiredService<IRunEngine>();

        var options = app.Services.GetRequiredService<FrontendOptions>();
        app.UseMiddleware<RequestEnvelope>();
        app.Use(MessagesErrorShape.ApplyAsync);
        app.UseRouting();
        app.UseEnsembleCors(options);
        app.UseAuthentication();
        app.UseAuthorization();

        var callers = app.MapAccess(AccessPolicies.Caller);
        callers.AllowOrigins(options);
        foreach (var path in ServiceCollectionExtensions.AnswerPaths)
        {
            callers.MapPost(path, app.Services.GetRequiredKeyedService<ChatEndpoint>(path).HandleAsync);
        }

        callers.MapPost("/v1/messages/count_tokens", app.Services.GetRequiredService<CountTokensEndpoint>().HandleAsync);

        var models = app.Services.GetRequiredService<ModelsEndpoint>();
        callers.MapRead("/v1/models", models.ListAsync);
        callers.MapRead("/v1/models/{**id}", models.FindAsync);

        var runs = app.MapAccess(AccessPolicies.CallerOrAdministrator);
        runs.AllowOrigins(options);
        runs.MapRead("/v1/runs/{id}", app.Services.GetRequiredService<RunsEndpoint>().FindAsync);
        runs.MapRead("/v1/runs/{id}/content", app.Services.GetRequiredService<ContentEndpoint>().FindAsync);
        runs.MapPost("/v1/runs/{id}/replay", app.Services.GetRequiredService<ReplayEndpoint>().HandleAsync);
        var feedback = app.Services.GetRequiredService<FeedbackEndpoint>();
        runs.MapRead("/v1/runs/{id}/feedback", feedback.ListAsync);
        runs.MapPost("/v1/runs/{id}/feedback", feedback.SaveAsync);

        var administrators = app.MapAccess(AccessPolicies.Administrator);
        app.Services.GetRequiredKeyedService<EntriesEndpoint>(CatalogEntryKind.Model).Map(administrators);
        app.Services.GetRequiredKeyedService<EntriesEndpoint>(CatalogEntryKind.Key).Map(administrators);
        administrators.MapRead("/admin/gates", app.Services.GetRequiredService<GatesEndpoint>().ListAsync);
        administrators.MapRead("/admin/cluster", app.Services.GetRequiredService<ClusterEndpoint>().ReadAsync);
        var usage = app.Services.GetRequiredService<UsageEndpoint>();
        administrators.MapRead("/admin/usage", usage.ListCallsAsync);
        administrators.MapGet("/admin/usage/stream", app.Services.GetRequiredService<UsageStreamEndpoint>().WatchAsync);
        administrators.MapRead("/admin/runs", usage.ListRunsAsync);
        administrators.MapRead("/admin/ensembles/{name}/report", app.Services.GetRequiredService<ReportEndpoint>().FindAsync);

        var open = app.MapGroup("").AllowAnonymous();
        var sessions = app.Services.GetRequiredService<SessionEndpoint>();
        open.MapRead("/dashboard/session", sessions.FindAsync);
        open.MapPost("/dashboard/session", sessions.BeginAsync);
        open.MapDelete("/dashboard/session", SessionEndpoint.EndAsync);
        open.MapDashboard();
        open.MapRead("/", RootEndpoint.WriteAsync);
        open.MapRead("/livez", HealthEndpoints.LiveAsync);
        open.MapRead("/readyz", app.Services.GetRequiredService<HealthEndpoints>().ReadyAsync);
        open.MapRead("/openapi.json", OpenApiEndpoint.WriteAsync);
        return app;
    }

    private static RouteGroupBuilder MapAccess(this WebApplication app, string policy) => app.MapGroup("").RequireAuthorization(policy);

    /// <summary>Maps GET, and HEAD with it: the server leaves the body out.</summary>
    private static IEndpointConventionBuilder MapRead(this IEndpointRouteBuilder routes, string pattern, RequestDelegate handler) =>
        routes.MapMethods(pattern, [HttpMethods.Get, HttpMethods.Head], handler);
}
