using Ensemble.Catalog.Reading;

namespace Ensemble.Frontend.Http;

/// <summary>Says what an address that leads nowhere was likely meant to be.</summary>
internal static class PathAdvice
{
    private const string Chat = "/v1/chat/completions";

    private const string Nothing = "There is nothing at this address.";

    private const string BaseUrl = " The base URL of SDKs ends with /v1.";

    private const string MessagesBaseUrl = " The base URL of Anthropic's SDKs has no /v1: they add it.";

    private const int MaxLength = 256;

    /// <summary>Endpoints without names of their own in the address.</summary>
    private static readonly string[] Endpoints =
    [
        Chat, "/v1/responses", "/v1/messages", "/v1/messages/count_tokens", "/v1/models", "/v1/runs", "/admin/models", "/admin/keys",
        "/admin/gates", "/admin/cluster", "/admin/usage", "/admin/usage/stream",
        "/admin/runs",
        "/dashboard/session", "/dashboard", "/livez", "/readyz", "/openapi.json",
    ];

    /// <summary>What OpenAI's and Anthropic's clients ask for besides: the end of the path.</summary>
    private static readonly string[] NotOffered =
    [
        "/messages/batches", "/completions", "/embeddings", "/moderations", "/images/generations", "/audio/speech",
        "/audio/transcriptions", "/files",
        "/batches", "/assistants", "/threads", "/rerank", "/realtime",
    ];

    /// <returns>One or two sentences.</returns>
    public static string For(string path)
    {
        if (path.Length > MaxLength)
        {
            return Nothing;
        }

        var plain = string.Join('/', path.ToLowerInvariant().Split('/', StringSplitOptions.RemoveEmptyEntries).Prepend(""));
        if (plain is "" or "/v1" or "/v1/v1")
        {
            return $"This is a base URL alone: SDKs add the rest to it, as in POST {Chat}.";
        }

        if (plain.StartsWith("/v1/responses/", StringComparison.Ordinal))
        {
            return "Responses are not stored here: POST /v1/responses answers a request.";
        }

        // With a wrong beginning, or none: /chat/completions, /v1/v1/models, /api/v1/models, /openai/deployments/NAME/chat/completions.
        var meant = Array.Find(
            Endpoints,
            known => !IsSame(path, known) && (plain.EndsWith(known, StringComparison.Ordinal) || IsWithoutVersion(plain, known)));
        if (meant is null && Array.Find(NotOffered, end => plain.EndsWith(end, StringComparison.Ordinal)) is { } other)
        {
            return $"{other} is not offered here: POST {Chat} asks an ensemble or a model.";
        }

        meant ??= NearestName.Of(plain, Endpoints);
        return meant is null || IsSame(path, meant)
            ? Nothing
            : $"{Nothing} Did you mean {meant}?{BaseUrlOf(meant)}";
    }

    private static string BaseUrlOf(string meant) =>
        meant.StartsWith("/v1/messages", StringComparison.Ordinal) ? MessagesBaseUrl
        : meant.StartsWith("/v1", StringComparison.Ordinal) ? BaseUrl
        : "";

    private static bool IsSame(string path, string known) => path.AsSpan().TrimEnd('/').Equals(known, StringComparison.OrdinalIgnoreCase);

    private static bool IsWithoutVersion(string path, string known) =>
        known.StartsWith("/v1/", StringComparison.Ordinal) && path.EndsWith(known["/v1".Length..], StringComparison.Ordinal)
        && !path.StartsWith("/admin/", StringComparison.Ordinal);
}
