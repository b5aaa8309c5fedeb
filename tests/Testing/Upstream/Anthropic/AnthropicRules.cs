using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Ensemble.Testing;

/// <summary>What the Messages API checks before a model is asked. The first rule that is broken decides the answer.</summary>
internal sealed class AnthropicRules(StubOptions options) : IRequestRules
{
    private const string MessagesPath = "/v1/messages";

    private static readonly HashSet<string> Known =
    [
        "cache_control", "container", "inference_geo", "max_tokens", "messages", "metadata", "model", "output_config", "service_tier",
        "stop_sequences", "stream", "system", "temperature", "thinking", "tool_choice", "tools", "top_k", "top_p",
    ];

    public StubViolation? Check(HttpRequest http, StubRequest request, Func<string, bool> served)
    {
        var broken = Transport(http) ?? Shape(request);
        if (broken is null && !served(request.Model))
        {
            broken = new("", 404, null, null, $"model: {request.Model}", "not_found_error");
        }

        broken ??= AnthropicMessageRules.Check(request) ?? AnthropicFieldRules.Check(request);
        if (broken is null && options.OneSamplingParameter.Contains(request.Model))
        {
            broken = AnthropicFieldRules.OneOfTwo(request);
        }

        return broken is null ? null : broken with { Model = request.Model };
    }

    public JsonObject ErrorBody(int status, string message, string type, string? param, string? code) => new()
    {
        ["type"] = "error",
        ["error"] = new JsonObject { ["type"] = type == "invalid_request_error" ? TypeOf(status) : type, ["message"] = message },
        ["request_id"] = "req_stub",
    };

    public static StubViolation Broken(string message) => new("", 400, null, null, message);

    private static string TypeOf(int status) => status switch
    {
        401 => "authentication_error",
        402 => "billing_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        529 => "overloaded_error",
        >= 500 => "api_error",
        _ => "invalid_request_error",
    };

    private StubViolation? Transport(HttpRequest http)
    {
        var key = http.Headers["x-api-key"].ToString();
        if (key.Length == 0 || (options.RequiredKey is { } required && key != required))
        {
            return new("", 401, null, null, key.Length == 0 ? "x-api-key header is required" : "invalid x-api-key", "authentication_error");
        }

        if (http.Path != MessagesPath || http.Method != HttpMethods.Post)
        {
            return new("", 404, null, null, "Not found", "not_found_error");
        }

        if (http.Headers["anthropic-version"] != "2023-06-01")
        {
            return Broken("anthropic-version: header is required");
        }

        return http.HasJsonContentType() ? null : Broken("The body's content type has to be application/json.");
    }

    private StubViolation? Shape(StubRequest request)
    {
        if (request.Json.ValueKind != JsonValueKind.Object)
        {
            return Broken("The request body is not valid JSON.");
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var field in request.Json.EnumerateObject())
        {
            if (!seen.Add(field.Name))
            {
                return Broken($"{field.Name}: given more than once");
            }

            if (!Known.Contains(field.Name))
            {
                return Broken($"{field.Name}: Extra inputs are not permitted");
            }

            if (options.RefusedFields.Contains(field.Name))
            {
                return Broken($"`{field.Name}` is deprecated for this model.");
            }
        }

        return request.Model.Length == 0 ? Broken("model: Field required") : null;
    }
}
