using System.Text;
using System.Text.Json;
using Ensemble.Chat;

namespace Ensemble.Judging;

/// <summary>Reads the text out of a request's messages.</summary>
internal static class ChatText
{
    /// <returns>The message's text; of parts, their texts in order, with a note where something else stands.</returns>
    public static string Of(ChatRequest chat, ChatMessage message)
    {
        if (message.Content.Length == 0)
        {
            return "";
        }

        if (message.PartCount == 0)
        {
            var reader = new Utf8JsonReader(chat.Slice(message.Content));
            reader.Read();
            return reader.TokenType == JsonTokenType.String ? reader.GetString()! : "";
        }

        var text = new StringBuilder();
        for (var index = message.FirstPart; index < message.FirstPart + message.PartCount; index++)
        {
            var part = chat.Parts[index];
            if (text.Length > 0)
            {
                text.Append('\n');
            }

            text.Append(part.Kind switch
            {
                ContentPartKind.Text => TextOf(chat.Slice(part.Whole), "text"u8),
                ContentPartKind.Refusal => TextOf(chat.Slice(part.Whole), "refusal"u8),
                ContentPartKind.Image => "[image attached]",
                ContentPartKind.Audio => "[audio attached]",
                ContentPartKind.File => "[file attached]",
                _ => "[content attached]",
            });
        }

        return text.ToString();
    }

    private static string TextOf(ReadOnlySpan<byte> part, ReadOnlySpan<byte> property)
    {
        var reader = new Utf8JsonReader(part);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isText = reader.ValueTextEquals(property);
            reader.Read();
            if (isText && reader.TokenType == JsonTokenType.String)
            {
                return reader.GetString()!;
            }

            reader.Skip();
        }

        return "";
    }
}
