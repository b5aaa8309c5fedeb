using System.Text;
using System.Text.Json;

namespace Ensemble.Frontend.Dialects;

/// <summary>The content of one message of chat completions: a string where it is one text, else parts.</summary>
internal sealed class MessageContent
{
    private readonly List<(Action<Utf8JsonWriter> Write, JsonElement Text)> _parts = [];

    public bool IsEmpty => _parts.Count == 0;

    /// <param name="text">A JSON string.</param>
    /// <param name="mark">A cache mark to keep; unset = none.</param>
    public void AddText(JsonElement text, JsonElement mark = default) => _parts.Add((
        json =>
        {
            json.WriteString("type"u8, "text"u8);
            json.Copy("text", text);
            json.Copy("cache_control", mark);
        },
        mark.IsSet() ? default : text));

    public void AddText(string text) => _parts.Add((
        json =>
        {
            json.WriteString("type"u8, "text"u8);
            json.WriteString("text"u8, text);
        },
        default));

    /// <param name="refusal">A JSON string.</param>
    public void AddRefusal(JsonElement refusal) => _parts.Add((
        json =>
        {
            json.WriteString("type"u8, "refusal"u8);
            json.Copy("refusal", refusal);
        },
        default));

    /// <param name="url">A JSON string.</param>
    /// <param name="detail">How closely it is looked at; unset = as the model does by default.</param>
    public void AddImage(JsonElement url, JsonElement detail = default, JsonElement mark = default) =>
        AddImage(json => json.WriteRaw(url), detail, mark);

    /// <param name="data">A JSON string: base64.</param>
    public void AddImage(string mediaType, JsonElement data, JsonElement mark = default) =>
        AddImage(json => WriteDataUrl(json, mediaType, data), default, mark);

    /// <param name="write">Writes the part's value.</param>
    public void AddPart(string type, Action<Utf8JsonWriter> write) => _parts.Add((
        json =>
        {
            json.WriteString("type"u8, type);
            json.WritePropertyName(type);
            write(json);
        },
        default));

    /// <summary>Adds the parts of another message's content behind these.</summary>
    public void AddAll(MessageContent other) => _parts.AddRange(other._parts);

    public void Clear() => _parts.Clear();

    public void Write(Utf8JsonWriter json)
    {
        if (_parts is [{ Text: { ValueKind: JsonValueKind.String } text }])
        {
            json.WriteRaw(text);
            return;
        }

        json.WriteStartArray();
        foreach (var part in _parts)
        {
            json.WriteStartObject();
            part.Write(json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Writes <c>data:TYPE;base64,DATA</c> without decoding the data, which may be megabytes.</summary>
    public static void WriteDataUrl(Utf8JsonWriter json, string mediaType, JsonElement data)
    {
        var raw = data.Raw()[1..^1];
        var start = Encoding.UTF8.GetBytes($"\"data:{JsonEncodedText.Encode(mediaType)};base64,");
        json.WriteRawValue([.. start, .. raw, (byte)'"'], skipInputValidation: true);
    }

    private void AddImage(Action<Utf8JsonWriter> writeUrl, JsonElement detail, JsonElement mark) => _parts.Add((
        json =>
        {
            json.WriteString("type"u8, "image_url"u8);
            json.WriteStartObject("image_url"u8);
            json.WritePropertyName("url"u8);
            writeUrl(json);
            json.Copy("detail", detail);
            json.WriteEndObject();
            json.Copy("cache_control", mark);
        },
        default));
}
