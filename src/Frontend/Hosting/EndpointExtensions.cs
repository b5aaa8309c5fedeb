using Ensemble.Catalog;
using Ensemble.Frontend.Admin;
using Ensemble.Frontend.Chat;
using Ensemble.Frontend.Dashboard;
using Ensemble.Frontend.Health;
using Ensemble.Frontend.Http;
using Ensemble.Frontend.Models;
using Ensemble.Frontend.OpenApi;
using Ensemble.Frontend.Runs;
using Ensemble.Frontend.Telemetry;
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

        var chat = app.Services.GetRequiredService<ChatEndpoint>();
        var models = app.Services.GetRequiredService<ModelsEndpoint>();
        var runs = app.Services.GetRequiredService<RunsEndpoint>();
        var health = app.Services.GetRequiredService<HealthEndpoints>();
        var options = app.Services.GetRequiredService<FrontendOptions>();

        app.UseMiddleware<RequestTrace>();
        app.UseMiddleware<RequestEnvelope>();
        app.UseRouting();
        app.UseEnsembleCors(options);
        app.MapPost("/v1/chat/completions", chat.HandleAsync).AllowOrigins(options);
        app.MapRead("/v1/models", models.ListAsync).AllowOrigins(options);
        app.MapRead("/v1/models/{**id}", models.FindAsync).AllowOrigins(options);
        app.MapRead("/v1/runs/{id}", runs.FindAsync).AllowOrigins(options);
        app.MapPost("/v1/runs/{id}/replay", app.Services.GetRequiredService<ReplayEndpoint>().HandleAsync).AllowOrigins(options);
        app.Services.GetRequiredKeyedService<EntriesEndpoint>(CatalogEntryKind.Model).Map(app);
        app.Services.GetRequiredKeyedService<EntriesEndpoint>(CatalogEntryKind.Key).Map(app);
        app.MapRead("/admin/gates", app.Services.GetRequiredService<GatesEndpoint>().ListAsync);
        app.MapRead("/admin/cluster", app.Services.GetRequiredService<ClusterEndpoint>().ReadAsync);
        app.MapRead("/admin/usage", app.Services.GetRequiredService<UsageEndpoint>().ListCallsAsync);
        app.MapGet("/admin/usage/stream", app.Services.GetRequiredService<UsageStreamEndpoint>().WatchAsync);
        app.MapRead("/admin/runs", app.Services.GetRequiredService<UsageEndpoint>().ListRunsAsync);
        var sessions = app.Services.GetRequiredService<SessionEndpoint>();
        app.MapRead("/dashboard/session", sessions.FindAsync);
        app.MapPost("/dashboard/session", sessions.BeginAsync);
        app.MapDelete("/dashboard/session", SessionEndpoint.EndAsync);
        app.MapDashboard();
        app.MapRead("/", RootEndpoint.WriteAsync);
        app.MapRead("/livez", HealthEndpoints.LiveAsync);
        app.MapRead("/readyz", health.ReadyAsync);
        app.MapRead("/openapi.json", OpenApiEndpoint.WriteAsync);
        return app;
    }

    /// <summary>Maps GET, and HEAD with it: the server leaves the body out.</summary>
    private static IEndpointConventionBuilder MapRead(this WebApplication app, string pattern, RequestDelegate handler) =>
        app.MapMethods(pattern, [HttpMethods.Get, HttpMethods.Head], handler);
}
