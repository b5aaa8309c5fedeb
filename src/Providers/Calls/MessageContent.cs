using System.Text;
using System.Text.Json;
using Ensemble.Upstreams;

namespace Ensemble.Providers.Calls;

/// <summary>Reads a message's content: a string, or the text parts of an array.</summary>
internal static class MessageContent
{
    /// <returns>Null where the value is neither; the reader then stands at the value's end.</returns>
    public static string? Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return reader.ReadPiece();
        }

        var content = new StringBuilder();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                content.Append(ReadPart(ref reader));
            }
            else
            {
                reader.Skip();
            }
        }

        return content.ToString();
    }

    private static string? ReadPart(ref Utf8JsonReader reader)
    {
        var isText = true;
        string? text = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.TextIs("type"u8))
            {
                reader.Read();
                isText = reader.TextIs("text"u8);
                reader.Skip();
            }
            else if (reader.TextIs("text"u8))
            {
                reader.Read();
                text = reader.ReadText();
            }
            else
            {
                reader.Skip();
            }
        }

        return isText ? text : null;
    }
}
