using System.Text.Json;
using Ensemble.Chat;
using Ensemble.Frontend.Dialects;

namespace Ensemble.Frontend.Responses;

/// <summary>Turns <c>text</c> into <c>response_format</c> and <c>verbosity</c>.</summary>
internal static class TextFields
{
    public static void Write(Utf8JsonWriter json, JsonElement request)
    {
        var text = request.OptionalObject("text", "text");
        json.Copy("verbosity", text.Field("verbosity"));
        var format = text.OptionalObject("format", "text.format");
        switch (format.OptionalText("type", "text.format.type"))
        {
            case null when !format.IsSet():
            case "text":
                break;
            case "json_object":
                json.WriteStartObject("response_format"u8);
                json.WriteString("type"u8, "json_object"u8);
                json.WriteEndObject();
                break;
            case "json_schema":
                ChatFields.WriteJsonSchema(json, format, "text.format");
                break;
            default:
                throw new ChatRequestException(
                    "'text.format.type' must be one of text, json_object, json_schema.", "text.format.type");
        }
    }
}
