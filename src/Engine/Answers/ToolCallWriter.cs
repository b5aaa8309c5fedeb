using System.Text.Json;

namespace Ensemble.Answers;

/// <summary>
/// Writes a tool call with an id of ours, and with what clients take for granted where a provider left it out. The rest stays as it came.
/// </summary>
internal static class ToolCallWriter
{
    public static readonly JsonWriterOptions Relaxed =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="isWhole">Whether all of its arguments are here; else more may follow.</param>
    /// <param name="index">In place of the call's own; null = that one.</param>
    public static void Write(Utf8JsonWriter json, JsonElement call, ToolCallIds ids, bool isWhole, int? index = null)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, ids.Of(call.Member("id")?.Text()));
        json.WriteString(
            "type"u8, call.Member("type")?.Text() is { Length: > 0 } type ? type : call.Member("custom") is null ? "function" : "custom");
        WriteRest(json, call, isWhole, index);
        json.WriteEndObject();
    }

    /// <summary>Writes a later piece of a call.</summary>
    /// <param name="withId">Whether its id is the one that the first piece had.</param>
    /// <param name="index">In place of the call's own; null = that one.</param>
    public static void WritePiece(Utf8JsonWriter json, JsonElement piece, ToolCallIds ids, bool withId, int? index = null)
    {
        json.WriteStartObject();
        if (withId && piece.Member("id")?.Text() is { Length: > 0 } id)
        {
            json.WriteString("id"u8, ids.Of(id));
        }

        WriteRest(json, piece, isWhole: false, index);
        json.WriteEndObject();
    }

    private static void WriteRest(Utf8JsonWriter json, JsonElement call, bool isWhole, int? index)
    {
        if (index is { } own)
        {
            json.WriteNumber("index"u8, own);
        }

        foreach (var member in call.Members())
        {
            if (member.NameIs("function") && member.Value.ValueKind == JsonValueKind.Object)
            {
                WriteFunction(json, member.Value, isWhole);
            }
            else if (!member.NameIs("id") && !member.NameIs("type") && !((isWhole || index is not null) && member.NameIs("index")))
            {
                member.WriteTo(json);
            }
        }
    }

    // Arguments are text to clients, also where a provider sends the object itself, or none.
    private static void WriteFunction(Utf8JsonWriter json, JsonElement function, bool isWhole)
    {
        json.WriteStartObject("function"u8);
        foreach (var member in function.Members())
        {
            if (!member.NameIs("arguments"))
            {
                member.WriteTo(json);
            }
        }

        var arguments = function.Member("arguments") ?? default;
        var isNone = arguments.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null;
        json.WriteString("arguments"u8, !isNone ? arguments.Text() ?? arguments.RawText() : isWhole ? "{}" : "");
        json.WriteEndObject();
    }
}
