using System.Text.Json;
using System.Text.Json.Nodes;
using Ensemble.Chat;

namespace Ensemble.Providers.Anthropic;

/// <summary>What <c>response_format</c> and <c>reasoning_effort</c> are in the Messages API: the field <c>output_config</c>.</summary>
internal static class OutputConfig
{
    /// <summary>Asks for any JSON object, which no schema of the API allows: its objects are closed.</summary>
    public static ReadOnlyMemory<byte> ObjectInstruction { get; } =
        "\"Answer with one JSON object and nothing else: no other text, no code fence.\""u8.ToArray();

    public static bool AsksForObject(ReadOnlyMemory<byte> responseFormat)
    {
        using var document = JsonSanitizer.Parse(responseFormat);
        return document.RootElement.Text("type") == "json_object";
    }

    /// <returns>The format to send; null for plain text, and where <see cref="AsksForObject"/>.</returns>
    /// <exception cref="ChatRequestException">The format has no counterpart. It is never left out, so the request is refused.</exception>
    public static JsonObject? Format(ReadOnlyMemory<byte> responseFormat)
    {
        using var document = JsonSanitizer.Parse(responseFormat);
        var format = document.RootElement;
        switch (format.Text("type"))
        {
            case "text" or "json_object":
                return null;
            case "json_schema" when format.IsPresent("json_schema", out var described)
                && described.IsPresent("schema", out var schema) && schema.ValueKind == JsonValueKind.Object:
                var closed = JsonSanitizer.ParseNode(JsonSlice.Of(responseFormat, schema))!;
                CloseObjects(closed);
                return new JsonObject { ["type"] = "json_schema", ["schema"] = closed };
            case "json_schema":
                throw new ChatRequestException("'response_format.json_schema.schema' is missing.", "response_format");
            default:
                throw new ChatRequestException(
                    "'response_format' is one that this model cannot be held to: send a json_schema or json_object, or leave it out.",
                    "response_format");
        }
    }

    /// <returns>Null where there is no such effort here.</returns>
    public static string? Effort(ReadOnlySpan<byte> reasoningEffort) => reasoningEffort switch
    {
        _ when reasoningEffort.SequenceEqual("\"minimal\""u8) || reasoningEffort.SequenceEqual("\"low\""u8) => "low",
        _ when reasoningEffort.SequenceEqual("\"medium\""u8) => "medium",
        _ when reasoningEffort.SequenceEqual("\"high\""u8) => "high",
        _ when reasoningEffort.SequenceEqual("\"xhigh\""u8) => "xhigh",
        _ when reasoningEffort.SequenceEqual("\"max\""u8) => "max",
        _ => null,
    };

    /// <summary>
    /// Says of each object schema that it has no other properties, where it says nothing: the API asks for it, and what fits
    /// the closed schema fits the open one.
    /// </summary>
    private static void CloseObjects(JsonNode? node)
    {
        if (node is JsonArray array)
        {
            foreach (var item in array)
            {
                CloseObjects(item);
            }
        }

        if (node is not JsonObject schema)
        {
            return;
        }

        foreach (var keyword in (string[])["properties", "$defs", "definitions"])
        {
            if (schema[keyword] is JsonObject named)
            {
                foreach (var (_, inner) in named)
                {
                    CloseObjects(inner);
                }
            }
        }

        foreach (var keyword in (string[])["items", "prefixItems", "anyOf", "oneOf", "allOf"])
        {
            CloseObjects(schema[keyword]);
        }

        if (IsObject(schema["type"]) || schema.ContainsKey("properties"))
        {
            schema.TryAdd("additionalProperties", false);
        }
    }

    private static bool IsObject(JsonNode? type) => type switch
    {
        JsonValue value => value.TryGetValue<string>(out var name) && name == "object",
        JsonArray names => names.Any(IsObject),
        _ => false,
    };
}
