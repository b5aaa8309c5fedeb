using System.Text;
using System.Text.Json;
using Ensemble.Chat;

namespace Ensemble.Providers.Anthropic;

/// <summary>
/// Reads <c>usage</c> objects. Each counts from the answer's beginning, so that a later number takes an earlier one's place, unless it is
/// 0: some servers repeat each count with that.
/// </summary>
internal sealed class UsageCounter
{
    private long? _input;
    private long? _cacheWritten;
    private long? _cacheRead;
    private long? _output;
    private long? _thinking;

    /// <returns>What is known by now; null where no number is.</returns>
    public TokenUsage? Read(ref Utf8JsonReader reader)
    {
        ReadObject(ref reader);
        if (_input is null && _output is null)
        {
            return null;
        }

        // Here what was read from the cache and what was written to it are counted beside the rest, at OpenAI within it.
        return new TokenUsage((_input ?? 0) + (_cacheWritten ?? 0) + (_cacheRead ?? 0), _output ?? 0)
        {
            CachedTokens = _cacheRead,
            CacheWriteTokens = _cacheWritten,
            ReasoningTokens = _thinking,
        };
    }

    /// <summary>What the API counts beside OpenAI's numbers, as a JSON object; null where it said none of it.</summary>
    public byte[]? Fields()
    {
        if (_cacheWritten is null && _cacheRead is null)
        {
            return null;
        }

        var written = _cacheWritten is { } into ? $"\"cache_creation_input_tokens\":{into}" : "";
        var read = _cacheRead is { } from ? $"\"cache_read_input_tokens\":{from}" : "";
        return Encoding.ASCII.GetBytes($"{{{written}{(written.Length > 0 && read.Length > 0 ? "," : "")}{read}}}");
    }

    private void ReadObject(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.TextIs("input_tokens"u8))
            {
                _input = TokenUsage.Later(Number(ref reader), _input);
            }
            else if (reader.TextIs("cache_creation_input_tokens"u8))
            {
                _cacheWritten = TokenUsage.Later(Number(ref reader), _cacheWritten);
            }
            else if (reader.TextIs("cache_read_input_tokens"u8))
            {
                _cacheRead = TokenUsage.Later(Number(ref reader), _cacheRead);
            }
            else if (reader.TextIs("output_tokens"u8))
            {
                _output = TokenUsage.Later(Number(ref reader), _output);
            }
            else if (reader.TextIs("thinking_tokens"u8))
            {
                _thinking = TokenUsage.Later(Number(ref reader), _thinking);
            }
            else if (reader.TextIs("output_tokens_details"u8))
            {
                reader.Read();
                ReadObject(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static long? Number(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.ReadCount();
    }
}
