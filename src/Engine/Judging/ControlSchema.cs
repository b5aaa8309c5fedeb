using System.Text;
using System.Text.Json;
using Ensemble.Answers;

namespace Ensemble.Judging;

/// <summary>What a control call has to answer: a JSON object of a known shape.</summary>
/// <param name="name">Sent as the schema's name.</param>
/// <param name="json">A JSON Schema.</param>
internal sealed class ControlSchema(string name, string json)
{
    private readonly JsonElement _schema = Parse(Encoding.UTF8.GetBytes(json));

    public string Name => name;

    public string Json => json;

    /// <summary>An object whose one property is one of the values.</summary>
    public static ControlSchema OneOf(string name, string property, IEnumerable<string> values) => new(
        name,
        $$"""{"type":"object","additionalProperties":false,"required":["{{property}}"],"properties":{"{{property}}":{"type":"string","enum":[{{Strings(values)}}]} } }""");

    /// <returns>The texts as JSON strings, with commas between them.</returns>
    public static string Strings(IEnumerable<string> texts) =>
        string.Join(',', texts.Select(text => $"\"{JsonEncodedText.Encode(text)}\""));

    /// <summary>Reads the object, also where a model has put words or a code fence around it.</summary>
    /// <returns>Null where there is none, or it has another shape.</returns>
    public JsonElement? Read(string content)
    {
        var (from, to) = (content.IndexOf('{'), content.LastIndexOf('}'));
        if (from < 0 || to < from)
        {
            return null;
        }

        try
        {
            // A model that writes half a character has lost the format.
            var utf8 = Encoding.UTF8.GetBytes(content[from..(to + 1)]);
            return JsonSanitizer.IsWellFormed(utf8) && Parse(utf8) is var value && JsonSchemaCheck.IsValid(value, _schema) ? value : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonElement Parse(ReadOnlyMemory<byte> text)
    {
        using var document = JsonSanitizer.Parse(text);
        return document.RootElement.Clone();
    }
}
