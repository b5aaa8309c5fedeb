using System.Text.Json;
using Ensemble.Usage;

namespace Ensemble.Frontend.Chat;

/// <summary>Writes <c>usage</c> in OpenAI's shape: what providers reported, and beside it what had to be estimated.</summary>
internal static class UsageJson
{
    public static void Write(Utf8JsonWriter json, UsageTotals totals)
    {
        var usage = totals.Reported;
        json.WriteStartObject("usage"u8);
        json.WriteNumber("prompt_tokens"u8, usage.PromptTokens);
        json.WriteNumber("completion_tokens"u8, usage.CompletionTokens);
        json.WriteNumber("total_tokens"u8, usage.PromptTokens + usage.CompletionTokens);
        WriteDetails(json, "prompt_tokens_details", ("cached_tokens", usage.CachedTokens), ("audio_tokens", usage.PromptAudioTokens));
        WriteDetails(
            json,
            "completion_tokens_details",
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

        json.WriteEndObject();
    }

    private static void WriteDetails(Utf8JsonWriter json, string name, params ReadOnlySpan<(string Name, long? Tokens)> details)
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

        if (isOpen)
        {
            json.WriteEndObject();
        }
    }
}
