using System.Text;
using System.Text.Json;
using Ensemble.Chat;

namespace Ensemble.Usage;

/// <summary>
/// Tokens by rule of thumb, for what no provider has counted. OpenAI's help article "What are tokens and how to count
/// them?" gives four characters a token for English; other scripts come out nearer to one token a character. The surcharge
/// of a message follows the token-counting recipe of OpenAI's cookbook, the price of an image a 1024 × 1024 picture in
/// high detail of its vision guide (85 + 4 × 170).
/// </summary>
public static class TokenEstimate
{
    /// <summary>Tokens for an image, whatever its size, and for any other part that is not text.</summary>
    public const long ImageTokens = 765;

    /// <summary>What is reserved for an answer to which nobody set a limit.</summary>
    public const long DefaultAnswer = 1024;

    private const int CharactersPerToken = 4;
    private const long MessageTokens = 4;
    private const long ReplyTokens = 3;

    public static long OfText(ReadOnlySpan<char> text)
    {
        if (Ascii.IsValid(text))
        {
            return Tokens(text.Length, 0);
        }

        long ascii = 0;
        long other = 0;
        foreach (var character in text)
        {
            if (char.IsAscii(character))
            {
                ascii++;
            }
            else if (!char.IsLowSurrogate(character))
            {
                other++;
            }
        }

        return Tokens(ascii, other);
    }

    /// <summary>In how small parts <see cref="UnitsOf"/> counts a token.</summary>
    internal const int UnitsPerToken = CharactersPerToken;

    /// <summary>What one character adds to a text; the second half of a surrogate pair came with the first.</summary>
    internal static int UnitsOf(char character) =>
        char.IsAscii(character) ? 1 : char.IsLowSurrogate(character) ? 0 : UnitsPerToken;

    /// <summary>For a text of which only the length is known, in characters.</summary>
    public static long OfLength(long characters) => Tokens(characters, 0);

    /// <summary>The same count as <see cref="OfText"/> has for the decoded text.</summary>
    public static long OfUtf8(ReadOnlySpan<byte> text)
    {
        if (Ascii.IsValid(text))
        {
            return Tokens(text.Length, 0);
        }

        long ascii = 0;
        long other = 0;
        foreach (var unit in text)
        {
            if (unit < 0x80)
            {
                ascii++;
            }
            else if ((unit & 0xC0) != 0x80)
            {
                other++;
            }
        }

        return Tokens(ascii, other);
    }

    /// <summary>
    /// The prompt's tokens: the text of the messages as it stands in the body (an escape counts as its characters), a
    /// surcharge a message and one for the reply, and the tool definitions.
    /// </summary>
    public static long OfRequest(ChatRequest request)
    {
        var total = ReplyTokens;
        if (request.IsSet("tools") && request.TryGetField("tools", out var tools))
        {
            total += OfUtf8(request.Slice(tools.Value));
        }

        foreach (var message in request.Messages)
        {
            total += MessageTokens;
            if (message.Content.Length == 0)
            {
                total += OfUtf8(request.Slice(message.Whole));
            }
            else if (message.PartCount == 0)
            {
                total += OfUtf8(Unquoted(request.Slice(message.Content)));
            }

            for (var index = 0; index < message.PartCount; index++)
            {
                total += OfPart(request, request.Parts[message.FirstPart + index]);
            }
        }

        return total;
    }

    private static long OfPart(ChatRequest request, ContentPart part)
    {
        if (part.Kind is not (ContentPartKind.Text or ContentPartKind.Refusal))
        {
            return ImageTokens;
        }

        var reader = new Utf8JsonReader(request.Slice(part.Whole), new JsonReaderOptions { MaxDepth = int.MaxValue });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isText = reader.TextIs("text"u8) || reader.TextIs("refusal"u8);
            reader.Read();
            if (isText && reader.TokenType == JsonTokenType.String)
            {
                return OfUtf8(reader.ValueSpan);
            }

            reader.Skip();
        }

        return 0;
    }

    private static ReadOnlySpan<byte> Unquoted(ReadOnlySpan<byte> json) => json is [(byte)'"', .. var text, (byte)'"'] ? text : [];

    private static long Tokens(long ascii, long other) => ((ascii + CharactersPerToken - 1) / CharactersPerToken) + other;
}
