using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ensemble.Runs;

namespace Ensemble.Strategies;

/// <summary>
/// Replaces a provider's tool-call ids by ids of this run. An id that providers of the strict kind take (nine letters and
/// digits, as Mistral wants them) is replaced by one of the same kind, because the caller sends it back.
/// </summary>
internal sealed class ToolCallIds(RunId run)
{
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <param name="choices">A JSON array of choices, whole or of a chunk.</param>
    public ReadOnlyMemory<byte> Replace(ReadOnlyMemory<byte> choices)
    {
        if (choices.Span.IndexOf("\"tool_calls\""u8) < 0)
        {
            return choices;
        }

        var output = new ArrayBufferWriter<byte>(choices.Length + 64);
        var copied = 0;
        var reader = new Utf8JsonReader(choices.Span);
        var callsDepth = -1;
        while (reader.Read())
        {
            if (callsDepth < 0)
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.TextIs("tool_calls"u8))
                {
                    callsDepth = reader.CurrentDepth;
                }
            }
            else if (reader.TokenType == JsonTokenType.EndArray && reader.CurrentDepth == callsDepth)
            {
                callsDepth = -1;
            }
            else if (reader.CurrentDepth == callsDepth + 2 && reader.TokenType == JsonTokenType.PropertyName && reader.TextIs("id"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.String && reader.Text() is { Length: > 0 } id)
                {
                    output.Write(choices.Span[copied..(int)reader.TokenStartIndex]);
                    output.Write(Encoding.ASCII.GetBytes($"\"{Ours(id)}\""));
                    copied = (int)reader.BytesConsumed;
                }
            }
            else if (reader.TokenType == JsonTokenType.Null && reader.CurrentDepth == callsDepth)
            {
                callsDepth = -1;
            }
        }

        output.Write(choices.Span[copied..]);
        return output.WrittenMemory;
    }

    /// <summary>The same for the same id, so that the chunks of one call keep together.</summary>
    private string Ours(string id)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{run.Value}/{id}"));
        var isStrict = id.Length == 9 && id.All(char.IsAsciiLetterOrDigit);
        return string.Create(isStrict ? 9 : 29, (hash, isStrict), static (text, state) =>
        {
            var start = 0;
            if (!state.isStrict)
            {
                "call_".CopyTo(text);
                start = 5;
            }

            for (var index = start; index < text.Length; index++)
            {
                text[index] = Alphabet[state.hash[index - start] % Alphabet.Length];
            }
        });
    }
}
