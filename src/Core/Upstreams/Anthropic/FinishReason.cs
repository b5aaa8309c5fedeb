namespace Ensemble.Upstreams.Anthropic;

/// <summary>Why an answer ended, in OpenAI's words.</summary>
internal static class FinishReason
{
    /// <param name="stopReason">The provider's; null = it has not said.</param>
    public static string? Of(string? stopReason) => stopReason switch
    {
        null => null,
        "max_tokens" or "model_context_window_exceeded" => "length",
        "tool_use" => "tool_calls",
        "refusal" => "content_filter",
        _ => "stop",
    };
}
