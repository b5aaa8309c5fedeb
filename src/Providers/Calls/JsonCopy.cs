using System.Text.Json;

namespace Ensemble.Providers.Calls;

/// <summary>Writes a provider's JSON again: the same values, numbers to the last digit, as JSON that every client reads.</summary>
internal static class JsonCopy
{
    /// <param name="reader">Stands at a value; afterwards at its end.</param>
    /// <param name="json">What the reader reads.</param>
    public static void Value(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, Utf8JsonWriter writer)
    {
        var depth = reader.CurrentDepth;
        Token(ref reader, json, writer);
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
        {
            return;
        }

        do
        {
            reader.Read();
            Token(ref reader, json, writer);
        }
        while (reader.CurrentDepth > depth);
    }

    /// <summary>Writes a property's name, or a value that is no object and no array, or where one begins or ends.</summary>
    public static void Token(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, Utf8JsonWriter writer)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                writer.WriteStartObject();
                break;
            case JsonTokenType.EndObject:
                writer.WriteEndObject();
                break;
            case JsonTokenType.StartArray:
                writer.WriteStartArray();
                break;
            case JsonTokenType.EndArray:
                writer.WriteEndArray();
                break;
            case JsonTokenType.PropertyName:
                writer.WritePropertyName(reader.Text()!);
                break;
            case JsonTokenType.String when !IsClean(reader):
                writer.WriteStringValue(reader.ReadText());
                break;
            default:
                writer.WriteRawValue(json[(int)reader.TokenStartIndex..(int)reader.BytesConsumed], skipInputValidation: true);
                break;
        }
    }

    /// <summary>Whether a string can be passed on as it stands.</summary>
    public static bool IsClean(in Utf8JsonReader reader) => JsonSanitizer.IsWellFormed(reader.ValueSpan);
}
