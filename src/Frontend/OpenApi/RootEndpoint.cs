using Ensemble.Frontend.Http;

namespace Ensemble.Frontend.OpenApi;

/// <summary><c>GET /</c>: what this is, and where to go from here.</summary>
internal static class RootEndpoint
{
    private static readonly GatewayView Gateway = new(
        "ensemble.gateway",
        ProductVersion.Name,
        ProductVersion.Text,
        BaseUrl: "/v1",
        ["POST /v1/chat/completions", "POST /v1/responses", "POST /v1/messages", "GET /v1/models", "GET /v1/runs/{id}"],
        Dashboard: "/dashboard/",
        Openapi: "/openapi.json");

    public static Task WriteAsync(HttpContext context) =>
        JsonResponse.WriteAsync(context.Response, Gateway, OpenApiJson.Default.GatewayView);
}

internal sealed record GatewayView(
    string Object, string Name, string Version, string BaseUrl, IReadOnlyList<string> Endpoints, string Dashboard, string Openapi);
