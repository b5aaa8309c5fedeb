using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Ensemble.Testing;

/// <summary>What providers check before a model is asked. The first rule that is broken decides the answer.</summary>
internal sealed class RequestRules(StubOptions options) : IRequestRules
{
    private const string ChatPath = "/v1/chat/completions";
    private const string EmbeddingsPath = "/v1/embeddings";

    private static readonly HashSet<string> Known =
    [
        "audio", "frequency_penalty", "function_call", "functions", "logit_bias", "logprobs", "max_completion_tokens", "max_tokens",
        "messages", "metadata", "modalities", "model", "n", "parallel_tool_calls", "prediction", "presence_penalty",
        "prompt_cache_key", "prompt_cache_retention", "reasoning_effort", "response_format", "safety_identifier", "seed",
        "service_tier", "stop", "store", "stream", "stream_options", "temperature", "tool_choice", "tools", "top_logprobs", "top_p",
        "user", "verbosity", "web_search_options",
    ];

    private readonly AzureRules? _azure = options.Azure is { } form ? new AzureRules(form, options.RequiredKey) : null;

    public static StubViolation TooLarge(int limit) =>
        new("", 413, "request_too_large", null, $"The request is larger than {limit} bytes.");

    public static StubViolation StreamForWhole(string model) => new(
        model, 500, "stub_misused", "stream", "The test has a stream for this model, but the request asks for a whole answer.", "server_error");

    /// <summary>A model that cannot do what it is asked for: chat, or vectors.</summary>
    public static StubViolation WrongKind(StubRequest request) =>
        new(request.Model, 404, "model_not_found", "model", $"The model '{request.Model}' is not served at {request.Path}.");

    public StubViolation? Check(HttpRequest http, StubRequest request, Func<string, bool> served)
    {
        var broken = (_azure is null ? Transport(http) : _azure.Transport(http)) ?? Shape(request);
        if (broken is not null)
        {
            return broken with { Model = request.Model };
        }

        if (!served(request.Model))
        {
            return _azure is not null ? AzureRules.NoDeployment(request.Model) : new(request.Model, 404, "model_not_found", "model", $"There is no model '{request.Model}', or this key may not use it.");
        }

        if (request.AsksForVectors)
        {
            return EmbeddingRules.Check(request) is { } wrong ? wrong with { Model = request.Model } : null;
        }

        broken = _azure?.Fields(http, request) ?? MessageRules.Check(request) ?? FieldRules.Check(request);
        if (broken is null && options.ReasoningModels.Contains(request.Model))
        {
            broken = ReasoningRules.Check(request);
        }

        return broken is null ? null : broken with { Model = request.Model };
    }

    public JsonObject ErrorBody(int status, string message, string type, string? param, string? code) =>
        new() { ["error"] = new JsonObject { ["message"] = message, ["type"] = type, ["param"] = param, ["code"] = code } };

    private StubViolation? Transport(HttpRequest http)
    {
        if (options.RequiredKey is { } key && http.Headers.Authorization != $"Bearer {key}")
        {
            return new("", 401, "invalid_api_key", null, "The API key is missing or wrong.");
        }

        if (http.Path != ChatPath && http.Path != EmbeddingsPath)
        {
            return new("", 404, "unknown_url", null, $"Nothing is served at {http.Method} {http.Path}.");
        }

        if (http.Method != HttpMethods.Post)
        {
            return new("", 405, "method_not_supported", null, $"{http.Method} is not served here; use POST.");
        }

        return http.HasJsonContentType()
            ? null
            : new("", 400, "unsupported_content_type", null, "The body's content type has to be application/json.");
    }

    private StubViolation? Shape(StubRequest request)
    {
        if (request.Json.ValueKind != JsonValueKind.Object)
        {
            return Broken(null, "The body is no JSON object that can be read.", "invalid_json");
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var field in request.Json.EnumerateObject())
        {
            if (!seen.Add(field.Name))
            {
                return Broken(field.Name, $"'{field.Name}' is there more than once.", "duplicate_parameter");
            }

            if (options.RefusedFields.Contains(field.Name) || (!request.AsksForVectors && (options.RefuseUnknownFields || _azure is not null) && !Known.Contains(field.Name)))
            {
                return Broken(field.Name, $"'{field.Name}' is not a parameter of this request.", "unknown_parameter");
            }
        }

        return request.Model.Length == 0 ? Broken("model", "A model has to be named.", "missing_required_parameter") : null;
    }

    public static StubViolation Broken(string? param, string message, string? code = "invalid_value") =>
        new("", 400, code, param, message);
}
