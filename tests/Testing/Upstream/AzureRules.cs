using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Ensemble.Testing;

/// <summary>What Azure OpenAI checks where OpenAI does not: its own address, its own header, and what a dated version knows.</summary>
internal sealed class AzureRules(StubAzure form, string? requiredKey)
{
    public const string DeploymentsPath = "/openai/deployments/";
    private const string V1Path = "/openai/v1/chat/completions";
    private const string V1Embeddings = "/openai/v1/embeddings";

    private static readonly DateOnly SinceStreamOptions = new(2024, 9, 1);

    public static StubViolation NoDeployment(string name) =>
        new(name, 404, "DeploymentNotFound", null, $"This resource has no deployment '{name}'.");

    public StubViolation? Transport(HttpRequest http)
    {
        if (!http.Headers.TryGetValue("api-key", out var key) || (requiredKey is not null && key != requiredKey) || http.Headers.ContainsKey("Authorization"))
        {
            return new("", 401, "401", null, "Access denied: the header api-key is missing or wrong, or there is another one.");
        }

        if (http.Method != HttpMethods.Post || !http.HasJsonContentType())
        {
            return new("", 404, "404", null, "Resource not found");
        }

        return form == StubAzure.V1 ? V1(http) : Deployments(http);
    }

    /// <summary>Parameters that the asked version is too old for.</summary>
    public StubViolation? Fields(HttpRequest http, StubRequest request)
    {
        if (form == StubAzure.V1 || Version(http) is not { } version || version >= SinceStreamOptions)
        {
            return null;
        }

        foreach (var field in (string[])["stream_options", "max_completion_tokens"])
        {
            if (request.Field(field) is not null)
            {
                return new("", 400, null, null, $"Unrecognized request argument supplied: {field}");
            }
        }

        return null;
    }

    private static StubViolation? V1(HttpRequest http)
    {
        if (http.Path != V1Path && http.Path != V1Embeddings)
        {
            return new("", 404, "404", null, "Resource not found");
        }

        return http.Query["api-version"].ToString() is "" or "preview" or "latest"
            ? null
            : new("", 400, "BadRequest", null, "API version not supported");
    }

    private static StubViolation? Deployments(HttpRequest http)
    {
        var path = http.Path.Value ?? "";
        return path.StartsWith(DeploymentsPath, StringComparison.Ordinal) && (path.EndsWith("/chat/completions", StringComparison.Ordinal) || path.EndsWith("/embeddings", StringComparison.Ordinal))
            && Version(http) is not null
            ? null
            : new("", 404, "404", null, "Resource not found");
    }

    private static DateOnly? Version(HttpRequest http)
    {
        var text = http.Query["api-version"].ToString();
        var date = text.EndsWith("-preview", StringComparison.Ordinal) ? text[..^"-preview".Length] : text;
        return DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var version) ? version : null;
    }
}
