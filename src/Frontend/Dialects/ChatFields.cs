using System.Text.Json;

namespace Ensemble.Frontend.Dialects;

/// <summary>Writes fields of chat completions that several APIs have under other names.</summary>
internal static class ChatFields
{
    /// <returns>The highest number of tokens of the answer; unset where it is absent or null.</returns>
    public static JsonElement TokenLimit(JsonElement request, string field)
    {
        var limit = request.Field(field);
        return !limit.IsSet() || limit.Whole() is >= 1 and <= int.MaxValue
            ? limit
            : throw RequestFields.Wrong(field, $"a whole number from 1 to {int.MaxValue}");
    }

    /// <summary>Writes <c>stream</c>, with the usage that a stream's last chunk then has.</summary>
    public static void WriteStream(Utf8JsonWriter json, JsonElement request)
    {
        if (request.Flag("stream", "stream"))
        {
            json.WriteBoolean("stream"u8, true);
            json.WriteStartObject("stream_options"u8);
            json.WriteBoolean("include_usage"u8, true);
            json.WriteEndObject();
        }
    }

    /// <summary>Writes <c>response_format</c> for a format of type <c>json_schema</c>.</summary>
    /// <param name="path">Of the format in the request.</param>
    /// <param name="name">Of a strict format without a name; null = the format has its own name and <c>strict</c>.</param>
    public static void WriteJsonSchema(Utf8JsonWriter json, JsonElement format, string path, string? name = null)
    {
        json.WriteStartObject("response_format"u8);
        json.WriteString("type"u8, "json_schema"u8);
        json.WriteStartObject("json_schema"u8);
        if (name is null)
        {
            json.Copy("name", format.RequiredText("name", $"{path}.name"));
            json.Copy("strict", format.Field("strict"));
        }
        else
        {
            json.WriteString("name"u8, name);
            json.WriteBoolean("strict"u8, true);
        }

        json.Copy("description", format.Field("description"));
        json.Copy("schema", format.Field("schema") is { ValueKind: JsonValueKind.Object } schema
            ? schema
            : throw RequestFields.Wrong($"{path}.schema", "an object"));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Writes the object that names a function.</summary>
    /// <param name="named">Has the <c>name</c>.</param>
    public static void WriteFunctionName(Utf8JsonWriter json, JsonElement named, string path)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "function"u8);
        json.WriteStartObject("function"u8);
        json.Copy("name", named.RequiredText("name", $"{path}.name"));
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
