using System.Text.Json;
using Ensemble.Chat;
using Ensemble.Usage;
using Microsoft.ML.Tokenizers;

namespace Ensemble.Frontend.Messages;

/// <summary>
/// Counts a request's prompt with the tokenizer of OpenAI's newer models, <c>o200k_base</c>. Other models' counts differ: it is an
/// estimate.
/// </summary>
internal sealed class TokenCounter
{
    // As in OpenAI's recipe for counting.
    private const int MessageTokens = 3;
    private const int ReplyTokens = 3;
    private const int ToolTokens = 8;

    /// <summary>Characters that are counted together: the tokenizer's time for a character grows with the length of the word.</summary>
    private const int MaxPiece = 512;

    // Loading takes time and some megabytes, and most processes never count.
    private readonly Lazy<TiktokenTokenizer> _tokenizer = new(static () => TiktokenTokenizer.CreateForEncoding("o200k_base"));

    public long Count(ChatRequest chat)
    {
        long tokens = ReplyTokens;
        chat.TryGetField("messages", out var messages);
        using (var document = JsonSanitizer.Parse(chat.SliceMemory(messages.Value)))
        {
            foreach (var message in document.RootElement.Items())
            {
                tokens += MessageTokens + OfMessage(message);
            }
        }

        if (chat.TryGetField("tools", out var tools))
        {
            using var document = JsonSanitizer.Parse(chat.SliceMemory(tools.Value));
            foreach (var tool in document.RootElement.Items())
            {
                var function = tool.Member("function") ?? default;
                tokens += ToolTokens + OfText(function.Member("name")) + OfText(function.Member("description"))
                    + (function.Member("parameters") is { } schema ? Of(schema.RawText()) : 0);
            }
        }

        return tokens;
    }

    private long OfMessage(JsonElement message)
    {
        var content = message.Member("content") ?? default;
        var tokens = OfText(content);
        foreach (var part in content.Items())
        {
            tokens += part.Member("type")?.Text() is "text" or "refusal"
                ? OfText(part.Member("text") ?? part.Member("refusal"))
                : TokenEstimate.ImageTokens;
        }

        foreach (var call in (message.Member("tool_calls") ?? default).Items())
        {
            var function = call.Member("function") ?? default;
            tokens += ToolTokens + OfText(function.Member("name")) + OfText(function.Member("arguments"));
        }

        return tokens;
    }

    private long OfText(JsonElement? value) => value?.Text() is { } text ? Of(text) : 0;

    private long Of(ReadOnlySpan<char> text)
    {
        long tokens = 0;
        while (!text.IsEmpty)
        {
            var length = text.Length;
            if (length > MaxPiece)
            {
                // The blank belongs to the word behind it.
                var blank = text[..MaxPiece].LastIndexOf(' ');
                length = blank > 0 ? blank : MaxPiece;
            }

            tokens += _tokenizer.Value.CountTokens(text[..length]);
            text = text[length..];
        }

        return tokens;
    }
}
