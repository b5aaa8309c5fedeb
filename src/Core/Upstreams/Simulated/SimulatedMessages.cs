using System.Text.Json;
using Ensemble.Chat;

namespace Ensemble.Upstreams.Simulated;

/// <summary>Reads the text of a request's messages.</summary>
internal static class SimulatedMessages
{
    /// <returns>The last message where none is a user's.</returns>
    public static string LastUserText(ChatRequest chat)
    {
        for (var index = chat.Messages.Count - 1; index >= 0; index--)
        {
            if (chat.Messages[index].Role == ChatRole.User)
            {
                return Text(chat, chat.Messages[index]);
            }
        }

        return Text(chat, chat.Messages[^1]);
    }

    private static string Text(ChatRequest chat, ChatMessage message)
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

        var texts = new List<string>(message.PartCount);
        for (var index = 0; index < message.PartCount; index++)
        {
            if (chat.Parts[message.FirstPart + index] is { Kind: ContentPartKind.Text } part)
            {
                texts.Add(PartText(chat.Slice(part.Whole)));
            }
        }

        return string.Join('\n', texts);
    }

    private static string PartText(ReadOnlySpan<byte> part)
    {
        var reader = new Utf8JsonReader(part, new JsonReaderOptions { MaxDepth = 256 });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isText = reader.ValueTextEquals("text"u8);
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
