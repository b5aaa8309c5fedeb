using Ensemble.Upstreams;

namespace Ensemble.Providers.Anthropic;

/// <summary>Anthropic's errors in the terms of OpenAI's: codes, and the fields as the caller knows them.</summary>
internal static class AnthropicErrors
{
    /// <param name="hasThinking">Whether the caller, or the catalog, asked for thinking in the API's own words.</param>
    public static (CallOutcome Outcome, UpstreamError Error) Classify(CallOutcome outcome, UpstreamError error, bool hasThinking)
    {
        if (outcome != CallOutcome.RequestRejected)
        {
            return (outcome, error);
        }

        // Billing is reported with the status of a bad request.
        if (MessageContains(error, "credit balance is too low") || MessageContains(error, "API usage limits"))
        {
            return (CallOutcome.AuthenticationFailed, error);
        }

        if (MessageContains(error, "prompt is too long") || MessageContains(error, "exceed context limit"))
        {
            return (outcome, error with { Code = "context_length_exceeded", Param = "messages" });
        }

        // A level of effort that is refused says nothing about the others.
        var code = MessageContains(error, "output_config.effort '") ? "unsupported_value" : error.Code;
        return (outcome, error with { Code = code, Param = error.Param ?? Param(error, hasThinking) });
    }

    /// <summary>Messages name a field by its path and a colon, or in prose.</summary>
    private static string? Param(UpstreamError error, bool hasThinking)
    {
        var colon = error.Message.IndexOf(": ", StringComparison.Ordinal);
        var path = colon < 0 ? "" : error.Message[..colon];
        var end = path.AsSpan().IndexOfAny('.', '[');
        var field = end < 0 ? path : path[..end];
        return field switch
        {
            "messages" or "system" => "messages",
            "stop_sequences" => "stop",
            "metadata" => "user",
            "output_config" when path.StartsWith("output_config.format", StringComparison.Ordinal) => "response_format",
            "output_config" => "reasoning_effort",
            "thinking" => hasThinking ? field : "reasoning_effort",
            "max_tokens" or "temperature" or "top_p" or "tools" or "tool_choice" => field,
            _ => MessageContains(error, "effort parameter") || MessageContains(error, "output_config.effort")
                || (!hasThinking && MessageContains(error, "thinking")) ? "reasoning_effort" : null,
        };
    }

    private static bool MessageContains(UpstreamError error, string words) =>
        error.Message.Contains(words, StringComparison.OrdinalIgnoreCase);
}
