using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Ensemble.Answers;

/// <summary>
/// JSON in its canonical form: names sorted and each once, the last value of a name kept as parsers do, numbers normalised, no white space.
/// </summary>
internal static class JsonAnswer
{
    /// <summary>Longer JSON is not compared, in characters.</summary>
    public const int MaxCharacters = 256 * 1024;

    private static readonly JsonWriterOptions Compact =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <param name="text">May stand in one code fence.</param>
    /// <param name="wantsObject">Whether any other value is invalid.</param>
    /// <returns>Null where the text is not JSON.</returns>
    public static string? Of(string text, bool wantsObject)
    {
        var json = JsonFence.Inside(text);
        if (json.Length is 0 or > MaxCharacters)
        {
            return null;
        }

        try
        {
            using var document = JsonSanitizer.Parse(json);
            return wantsObject && document.RootElement.ValueKind != JsonValueKind.Object ? null : Of(document.RootElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static string Of(JsonElement element)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, Compact))
        {
            Write(writer, element);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(writer, element);
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.Number:
                // A number with more digits than are compared says the same only where it is written the same.
                writer.WriteRawValue(
                    NumberValue.OfJson(JsonRaw(element)) is { } number ? number.ToString() : element.RawText(), skipInputValidation: true);
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }

    private static ReadOnlySpan<byte> JsonRaw(JsonElement number) => JsonMarshal.GetRawUtf8Value(number);

    private static void WriteObject(Utf8JsonWriter writer, JsonElement element)
    {
        var properties = new (string Name, int Place, JsonElement Value)[element.GetPropertyCount()];
        var count = 0;
        foreach (var property in element.EnumerateObject())
        {
            properties[count] = (property.NameText(), count++, property.Value);
        }

        properties.AsSpan(0, count).Sort(
            static (one, other) => string.CompareOrdinal(one.Name, other.Name) is var order and not 0 ? order : one.Place - other.Place);
        writer.WriteStartObject();
        for (var index = 0; index < count; index++)
        {
            var (name, _, value) = properties[index];
            if (index + 1 == count || properties[index + 1].Name != name)
            {
                writer.WritePropertyName(name);
                Write(writer, value);
            }
        }

        writer.WriteEndObject();
    }
}
