using Ensemble.Frontend.Hosting;

namespace Ensemble.Frontend.Http;

/// <summary><c>GET /</c>: what this is, and where to go from here.</summary>
internal static class RootEndpoint
{
    private static readonly string[] Endpoints = ["POST /v1/chat/completions", "GET /v1/models", "GET /v1/runs/{id}"];

    public static Task WriteAsync(HttpContext context) => JsonResponse.WriteAsync(context.Response, Endpoints, static (json, endpoints) =>
    {
        json.WriteStartObject();
        json.WriteString("object"u8, "ensemble.gateway"u8);
        json.WriteString("name"u8, ProductVersion.Name);
        json.WriteString("version"u8, ProductVersion.Text);
        json.WriteString("base_url"u8, "/v1"u8);
        json.WriteStartArray("endpoints"u8);
        foreach (var endpoint in endpoints)
        {
            json.WriteStringValue(endpoint);
        }

        json.WriteEndArray();
        json.WriteString("dashboard"u8, "/dashboard/"u8);
        json.WriteString("openapi"u8, "/openapi.json"u8);
        json.WriteEndObject();
    });
}
