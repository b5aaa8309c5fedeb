using System.Text.Json;
using Ensemble.Chat;

namespace Ensemble.Providers.Calls;

/// <summary>Reads a <c>usage</c> object of OpenAI's dialect, as its servers write it.</summary>
internal static class UsageReader
{
    /// <returns>Null where the value reports no tokens; the reader then stands at the value's end.</returns>
    public static TokenUsage? Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return null;
        }

        var (prompt, completion, total) = (default(long?), default(long?), default(long?));
        var (cached, written) = (default(long?), default(long?));
        var usage = TokenUsage.None;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.TextIs("prompt_tokens"u8))
            {
                prompt = Number(ref reader);
            }
            else if (reader.TextIs("completion_tokens"u8))
            {
                completion = Number(ref reader);
            }
            else if (reader.TextIs("total_tokens"u8))
            {
                total = Number(ref reader);
            }
            else if (reader.TextIs("prompt_tokens_details"u8))
            {
                usage = PromptDetails(ref reader, usage);
            }
            else if (reader.TextIs("completion_tokens_details"u8))
            {
                usage = CompletionDetails(ref reader, usage);
            }
            else if (reader.TextIs("prompt_cache_hit_tokens"u8) || reader.TextIs("cached_tokens"u8))
            {
                // DeepSeek's name, and Moonshot's.
                cached = Number(ref reader) ?? cached;
            }
            else if (reader.TextIs("cache_creation_input_tokens"u8))
            {
                // LiteLLM's, for models of Anthropic.
                written = Number(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return prompt is null && completion is null
            ? null
            : WithReasoning(
                usage with
                {
                    PromptTokens = prompt ?? 0,
                    CompletionTokens = completion ?? 0,
                    CachedTokens = usage.CachedTokens ?? cached,
                    CacheWriteTokens = usage.CacheWriteTokens ?? written,
                },
                total);
    }

    /// <summary>
    /// Some providers count reasoning beside the completion: Gemini in nothing but the total, xAI by name too. It is output as any other.
    /// </summary>
    private static TokenUsage WithReasoning(TokenUsage usage, long? total)
    {
        var beside = (total ?? 0) - usage.PromptTokens - usage.CompletionTokens;
        return usage.PromptTokens > 0 && beside > 0 && (usage.ReasoningTokens ?? beside) == beside
            ? usage with { CompletionTokens = usage.CompletionTokens + beside, ReasoningTokens = beside }
            : usage;
    }

    private static TokenUsage PromptDetails(ref Utf8JsonReader reader, TokenUsage usage)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return usage;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.TextIs("cached_tokens"u8))
            {
                usage = usage with { CachedTokens = Number(ref reader) };
            }
            else if (reader.TextIs("cache_write_tokens"u8))
            {
                usage = usage with { CacheWriteTokens = Number(ref reader) };
            }
            else if (reader.TextIs("audio_tokens"u8))
            {
                usage = usage with { PromptAudioTokens = Number(ref reader) };
            }
            else
            {
                reader.Skip();
            }
        }

        return usage;
    }

    private static TokenUsage CompletionDetails(ref Utf8JsonReader reader, TokenUsage usage)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return usage;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.TextIs("reasoning_tokens"u8))
            {
                usage = usage with { ReasoningTokens = Number(ref reader) };
            }
            else if (reader.TextIs("audio_tokens"u8))
            {
                usage = usage with { CompletionAudioTokens = Number(ref reader) };
            }
            else if (reader.TextIs("accepted_prediction_tokens"u8))
            {
                usage = usage with { AcceptedPredictionTokens = Number(ref reader) };
            }
            else if (reader.TextIs("rejected_prediction_tokens"u8))
            {
                usage = usage with { RejectedPredictionTokens = Number(ref reader) };
            }
            else
            {
                reader.Skip();
            }
        }

        return usage;
    }

    private static long? Number(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.ReadCount();
    }
}
