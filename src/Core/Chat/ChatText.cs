using System.Text;
using System.Text.Json;

namespace Ensemble.Chat;

/// <summary>Reads the text out of a request's messages.</summary>
internal static class ChatText
{
    /// <param name="notes">Whether a note stands where a part is not text.</param>
    /// <returns>The message's text; of parts, their texts in order, a line each.</returns>
    public static string Of(ChatRequest chat, ChatMessage message, bool notes = true)
    {
        if (message.Content.Length == 0)
        {
            return "";
        }

        if (message.PartCount == 0)
        {
            var reader = new Utf8JsonReader(chat.Slice(message.Content));
            reader.Read();
            return reader.Text() ?? "";
        }

        var text = new StringBuilder();
        for (var index = message.FirstPart; index < message.FirstPart + message.PartCount; index++)
        {
            var part = chat.Parts[index];
            var piece = part.Kind switch
            {
                ContentPartKind.Text => TextOf(chat.Slice(part.Whole), "text"u8),
                ContentPartKind.Refusal => TextOf(chat.Slice(part.Whole), "refusal"u8),
                _ when !notes => null,
                ContentPartKind.Image => "[image attached]",
                ContentPartKind.Audio => "[audio attached]",
                ContentPartKind.File => "[file attached]",
                _ => "[content attached]",
            };
            if (piece is not null)
            {
                text.Append(text.Length > 0 ? "\n" : "").Append(piece);
            }
        }

        return text.ToString();
    }

    private static string TextOf(ReadOnlySpan<byte> part, ReadOnlySpan<byte> property)
    {
        var reader = new Utf8JsonReader(part);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isText = reader.TextIs(property);
            reader.Read();
            if (isText && reader.TokenType == JsonTokenType.String)
            {
                return reader.Text()!;
            }

            reader.Skip();
        }

        return "";
    }
}
