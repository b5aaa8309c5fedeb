using System.Text.Json;
using Ensemble.Usage;

namespace Ensemble.Frontend.Runs;

/// <summary>Writes <c>usage</c> in OpenAI's shape: what providers reported, and beside it what had to be estimated.</summary>
internal static class UsageJson
{
    /// <param name="fields">What a direct model's provider said beside these counts, as a JSON object; or nothing.</param>
    public static void Write(Utf8JsonWriter json, UsageTotals totals, ReadOnlyMemory<byte> fields = default)
    {
        using var document = fields.IsEmpty ? null : JsonSanitizer.Parse(fields);
        var others = document?.RootElement;
        var usage = totals.Reported;
        json.WriteStartObject();
        json.WriteNumber("prompt_tokens"u8, usage.PromptTokens);
        json.WriteNumber("completion_tokens"u8, usage.CompletionTokens);
        json.WriteNumber("total_tokens"u8, usage.PromptTokens + usage.CompletionTokens);
        WriteDetails(
            json,
            "prompt_tokens_details",
            others,
            ("cached_tokens", usage.CachedTokens),
            ("cache_write_tokens", usage.CacheWriteTokens),
            ("audio_tokens", usage.PromptAudioTokens));
        WriteDetails(
            json,
            "completion_tokens_details",
            others,
            ("reasoning_tokens", usage.ReasoningTokens),
            ("audio_tokens", usage.CompletionAudioTokens),
            ("accepted_prediction_tokens", usage.AcceptedPredictionTokens),
            ("rejected_prediction_tokens", usage.RejectedPredictionTokens));
        if (totals.HasEstimates)
        {
            json.WriteStartObject("ensemble_estimated"u8);
            json.WriteNumber("prompt_tokens"u8, totals.EstimatedPromptTokens);
            json.WriteNumber("completion_tokens"u8, totals.EstimatedCompletionTokens);
            json.WriteEndObject();
        }

        foreach (var other in others?.Members() ?? default)
        {
            if (other.NameText() is not ("prompt_tokens_details" or "completion_tokens_details"))
            {
                other.WriteTo(json);
            }
        }

        json.WriteEndObject();
    }

    private static void WriteDetails(
        Utf8JsonWriter json, string name, JsonElement? others, params ReadOnlySpan<(string Name, long? Tokens)> details)
    {
        var isOpen = false;
        foreach (var (detail, tokens) in details)
        {
            if (tokens is { } known)
            {
                if (!isOpen)
                {
                    json.WriteStartObject(name);
                    isOpen = true;
                }

                json.WriteNumber(detail, known);
            }
        }

        foreach (var other in others?.Member(name)?.Members() ?? default)
        {
            if (!isOpen)
            {
                json.WriteStartObject(name);
                isOpen = true;
            }

            other.WriteTo(json);
        }

        if (isOpen)
        {
            json.WriteEndObject();
        }
    }
}
