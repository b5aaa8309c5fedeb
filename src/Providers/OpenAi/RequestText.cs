using System.Text.Json;
using Ensemble.Chat;

namespace Ensemble.Providers.OpenAi;

/// <summary>
/// The text of a request that callers, or models before this one, chose: every string in it, and every name below the top level.
/// </summary>
internal static class RequestText
{
    /// <summary>Whether a word stands anywhere in it, in any case, with or without its underscores.</summary>
    public static bool Contains(ChatRequest chat, RequestEdits edits, string word)
    {
        word = Plain(word);
        return Holds(chat.Body.Span, word)
            || (edits.Messages is { } messages && Holds(messages.Span, word))
            || (edits.AppendedMessage is { } message && Holds(message.Span, word))
            || edits.Fields.Values.Any(value => Holds(value.Span, word));
    }

    private static bool Holds(ReadOnlySpan<byte> json, string word)
    {
        var reader = new Utf8JsonReader(json);
        try
        {
            while (reader.Read())
            {
                var isName = reader.TokenType == JsonTokenType.PropertyName;
                if (isName && reader.TextIs("role"u8))
                {
                    // The protocol's own words: each request has a "user".
                    reader.Skip();
                    continue;
                }

                var isText = reader.TokenType == JsonTokenType.String || (isName && reader.CurrentDepth > 1);
                if (isText && Plain(reader.Text()!).Contains(word, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }

            return false;
        }
        catch (JsonException)
        {
            // What cannot be read may hold anything.
            return true;
        }
    }

    private static string Plain(string text) => text.Replace("_", "", StringComparison.Ordinal);
}
