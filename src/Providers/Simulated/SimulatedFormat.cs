using System.Text.Json;
using Ensemble.Chat;

namespace Ensemble.Providers.Simulated;

/// <summary>The form that <c>response_format</c> asks for.</summary>
/// <param name="IsJson">Whether the answer must be a JSON object.</param>
/// <param name="Schema">What the object must look like; null = anything.</param>
internal readonly record struct SimulatedFormat(bool IsJson, JsonElement? Schema)
{
    /// <summary>The schema's name; null where there is none.</summary>
    public string? Name { get; init; }

    /// <exception cref="ChatRequestException">The format is unknown or has no schema.</exception>
    public static SimulatedFormat Read(ChatRequest chat)
    {
        if (!chat.TryGetField("response_format", out var field) || field.Kind == JsonTokenType.Null)
        {
            return default;
        }

        var format = SimulatedJson.Element(chat, field);
        switch (SimulatedJson.Text(SimulatedJson.Member(format, "type")))
        {
            case "text":
                return default;
            case "json_object":
                return new SimulatedFormat(true, null);
            case "json_schema":
                var named = SimulatedJson.Member(format, "json_schema") ?? default;
                var schema = SimulatedJson.Member(named, "schema");
                return schema is { ValueKind: JsonValueKind.Object }
                    ? new SimulatedFormat(true, schema) { Name = SimulatedJson.Text(SimulatedJson.Member(named, "name")) }
                    : throw new ChatRequestException(
                        "'response_format.json_schema.schema' must be an object.", "response_format.json_schema.schema");
            default:
                throw new ChatRequestException(
                    "'response_format.type' must be one of text, json_object, json_schema.", "response_format.type");
        }
    }
}
