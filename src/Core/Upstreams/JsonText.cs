using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Ensemble.Upstreams;

/// <summary>Reads text and counts of provider answers, which are not always as well formed as the JSON around them.</summary>
internal static class JsonText
{
    /// <returns>Null where the value is not a string; the reader then stands at the value's end.</returns>
    public static string? Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            reader.Skip();
            return null;
        }

        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return Lenient(reader);
        }
    }

    /// <returns>Null where the value is no count, negative, or too large; the reader then stands at the value's end.</returns>
    public static long? ReadCount(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var number) && number is >= 0 and < 1e15)
        {
            return (long)number;
        }

        reader.Skip();
        return null;
    }

    /// <summary>Reads a message's content: a string, or the text parts of an array.</summary>
    public static string? ReadContent(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return Read(ref reader);
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
            if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                isText = reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("text"u8);
                reader.Skip();
            }
            else if (reader.ValueTextEquals("text"u8))
            {
                reader.Read();
                text = Read(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return isText ? text : null;
    }

    // A stream cut between the halves of a surrogate pair, or bytes that are not UTF-8: one character is lost, not the answer.
    private static string Lenient(in Utf8JsonReader reader)
    {
        var raw = Encoding.UTF8.GetString(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan);
        var text = new StringBuilder(raw.Length);
        for (var i = 0; i < raw.Length; i++)
        {
            if (raw[i] != '\\')
            {
                text.Append(raw[i]);
                continue;
            }

            i++;
            text.Append(raw[i] switch
            {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                'b' => '\b',
                'f' => '\f',
                'u' => (char)ushort.Parse(raw.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
                var same => same,
            });
            i += raw[i] == 'u' ? 4 : 0;
        }

        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.ToString()));
    }
}
