using System.Text.Json;
using Ensemble.Upstreams;

namespace Ensemble.Providers.Anthropic;

/// <summary>A content block of a whole answer, or a piece of one in a stream: what the gateway reads of it.</summary>
internal record struct AnswerBlock
{
    /// <summary><c>text</c>, <c>tool_use</c>, <c>thinking</c>, <c>text_delta</c>…; null where it does not say.</summary>
    public string? Type { get; set; }

    public string? Text { get; set; }

    public string? Id { get; set; }

    public string? Name { get; set; }

    /// <summary>A tool's arguments as JSON.</summary>
    public string? Input { get; set; }

    /// <summary>A piece of a tool's arguments.</summary>
    public string? PartialJson { get; set; }

    public string? StopReason { get; set; }

    /// <returns>Nothing where the value is no object; the reader then stands at the value's end.</returns>
    public static AnswerBlock Read(ref Utf8JsonReader reader)
    {
        var block = new AnswerBlock();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return block;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (Take(ref reader, "type"u8))
            {
                block.Type = reader.ReadText();
            }
            else if (Take(ref reader, "text"u8))
            {
                block.Text = reader.ReadPiece();
            }
            else if (Take(ref reader, "id"u8))
            {
                block.Id = reader.ReadText();
            }
            else if (Take(ref reader, "name"u8))
            {
                block.Name = reader.ReadText();
            }
            else if (Take(ref reader, "input"u8))
            {
                block.Input = ReadInput(ref reader);
            }
            else if (Take(ref reader, "partial_json"u8))
            {
                block.PartialJson = reader.TokenType == JsonTokenType.String ? reader.ReadPiece() : ReadInput(ref reader);
            }
            else if (Take(ref reader, "stop_reason"u8))
            {
                block.StopReason = reader.ReadText();
            }
            else
            {
                reader.Skip();
            }
        }

        return block;
    }

    /// <summary>Reads arguments, which the API gives as an object, and some servers as text that holds one.</summary>
    private static string? ReadInput(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.ReadText() is { } text && !string.IsNullOrWhiteSpace(text) ? text : null;
        }

        return JsonSanitizer.Take(ref reader).RawText();
    }

    private static bool Take(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) => reader.TextIs(name) && reader.Read();
}
