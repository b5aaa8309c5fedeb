using System.Collections.Frozen;

namespace Ensemble.Runs;

/// <summary>
/// Which parts of a provider's error callers see as they are. Only words that are known: a server that repeats its key or its name in
/// one of these fields would tell it to every caller.
/// </summary>
internal static class PublicError
{
    private static readonly FrozenSet<string> Codes = FrozenSet.Create(
        "array_above_max_length", "array_below_min_length", "content_filter", "content_policy_violation", "context_length_exceeded",
        "decimal_above_max_value", "decimal_below_min_value", "empty_array", "empty_image_file", "empty_string", "extra_forbidden",
        "failed_to_download_image",
        "image_content_policy_violation", "image_file_not_found", "image_file_too_large", "image_parse_error", "image_too_large",
        "image_too_small",
        "insufficient_quota", "integer_above_max_value", "integer_below_min_value", "invalid_base64_image", "invalid_function_parameters",
        "invalid_image",
        "invalid_image_format", "invalid_image_mode", "invalid_image_url", "invalid_json", "invalid_json_schema", "invalid_prompt",
        "invalid_request",
        "invalid_request_error", "invalid_schema", "invalid_type", "invalid_value", "json_validate_failed", "max_tokens_exceeded",
        "missing_required_parameter", "moderation_blocked", "rate_limit_exceeded", "request_too_large", "string_above_max_length",
        "string_below_min_length", "too_many_images", "tool_use_failed", "tokens_exceeded", "unknown_field", "unknown_parameter",
        "unsupported_content", "unsupported_country_region_territory", "unsupported_file", "unsupported_image_media_type",
        "unsupported_parameter",
        "unsupported_value");

    // Fields of a request, and of what stands in its messages, tools and formats.
    private static readonly FrozenSet<string> Fields = FrozenSet.Create(
        "allowed_tools", "arguments", "audio", "body", "content", "custom", "data", "description", "detail", "encoding_format", "file",
        "file_data", "file_id",
        "filename", "format", "frequency_penalty", "function", "function_call", "functions", "image_url", "include_usage", "input",
        "input_audio",
        "json_schema", "logit_bias", "logprobs", "max_completion_tokens", "max_tokens", "messages", "metadata", "modalities", "model", "n",
        "name",
        "parallel_tool_calls", "parameters", "prediction", "presence_penalty", "prompt", "prompt_cache_key", "properties",
        "reasoning_effort", "refusal",
        "required", "response_format", "role", "safety_identifier", "schema", "seed", "service_tier", "stop", "store", "stream",
        "stream_options", "strict",
        "system", "temperature", "text", "thinking", "tool_call_id", "tool_calls", "tool_choice", "tools", "top_k", "top_logprobs", "top_p",
        "type", "url",
        "user", "verbosity", "voice", "web_search_options");

    /// <returns>Null where the code is not known.</returns>
    public static string? Code(string? code) => code is not null && Codes.Contains(code) ? code : null;

    /// <returns>The path as far as its parts are known: <c>messages[0].content</c>; null where the first is not.</returns>
    public static string? Param(string? path)
    {
        var end = 0;
        var start = 0;
        for (var index = 0; index <= path?.Length; index++)
        {
            if (index < path.Length && path[index] is not ('.' or '[' or ']'))
            {
                continue;
            }

            var part = path.AsSpan(start, index - start);
            var isIndex = part.Length is > 0 and <= 5 && !part.ContainsAnyExceptInRange('0', '9');
            if (!part.IsEmpty && !(isIndex && end > 0) && !Fields.GetAlternateLookup<ReadOnlySpan<char>>().Contains(part))
            {
                break;
            }

            end = part.IsEmpty && index > 0 && path[index - 1] != ']'
                ? end
                : index < path.Length && path[index] == ']' ? index + 1 : Math.Max(end, index);
            start = index + 1;
        }

        return end > 0 ? path![..end] : null;
    }
}
