using System.Text.Json;

namespace Ensemble.Testing;

/// <summary>Rules on the top-level fields. A field that is null counts as absent.</summary>
internal static class FieldRules
{
    public static StubViolation? Check(StubRequest request) => Ranges(request) ?? Tools(request) ?? Streaming(request) ?? Together(request);

    internal static bool Has(StubRequest request, string field, out JsonElement value)
    {
        value = request.Field(field) ?? default;
        return value.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);
    }

    private static StubViolation? Ranges(StubRequest request) =>
        InRange(request, "temperature", 0, 2)
        ?? InRange(request, "top_p", 0, 1)
        ?? InRange(request, "presence_penalty", -2, 2)
        ?? InRange(request, "frequency_penalty", -2, 2)
        ?? InRange(request, "n", 1, 128, whole: true)
        ?? InRange(request, "max_tokens", 1, int.MaxValue, whole: true)
        ?? InRange(request, "max_completion_tokens", 1, int.MaxValue, whole: true)
        ?? InRange(request, "top_logprobs", 0, 20, whole: true)
        ?? InRange(request, "seed", long.MinValue, long.MaxValue, whole: true);

    private static StubViolation? InRange(StubRequest request, string field, double min, double max, bool whole = false)
    {
        if (!Has(request, field, out var value))
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Number || (whole && !value.TryGetInt64(out _)))
        {
            return RequestRules.Broken(field, $"'{field}' has to be a {(whole ? "whole " : "")}number.", "invalid_type");
        }

        var number = value.GetDouble();
        if (number >= min && number <= max)
        {
            return null;
        }

        var code = $"{(whole ? "integer" : "decimal")}_{(number < min ? "below_min" : "above_max")}_value";
        return RequestRules.Broken(field, $"'{field}' has to be between {min} and {max}.", code);
    }

    private static StubViolation? Tools(StubRequest request)
    {
        if (Has(request, "tools", out var tools))
        {
            return tools.ValueKind == JsonValueKind.Array && tools.GetArrayLength() > 0
                ? null
                : RequestRules.Broken("tools", "'tools' has to be a list with at least one tool.", "empty_array");
        }

        foreach (var field in (string[])["tool_choice", "parallel_tool_calls"])
        {
            if (Has(request, field, out _))
            {
                return RequestRules.Broken(field, $"'{field}' is taken only together with 'tools'.", null);
            }
        }

        return null;
    }

    private static StubViolation? Streaming(StubRequest request)
    {
        if (Has(request, "stream", out var stream) && stream.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            return RequestRules.Broken("stream", "'stream' has to be true or false.", "invalid_type");
        }

        return Has(request, "stream_options", out _) && !request.Stream
            ? RequestRules.Broken("stream_options", "'stream_options' is taken only where 'stream' is true.", null)
            : null;
    }

    private static StubViolation? Together(StubRequest request)
    {
        if (Has(request, "max_tokens", out _) && Has(request, "max_completion_tokens", out _))
        {
            return RequestRules.Broken("max_tokens", "'max_tokens' and 'max_completion_tokens' cannot both be set.", "invalid_parameter_combination");
        }

        if (Has(request, "top_logprobs", out _) && !(Has(request, "logprobs", out var logprobs) && logprobs.ValueKind == JsonValueKind.True))
        {
            return RequestRules.Broken("top_logprobs", "'top_logprobs' is taken only where 'logprobs' is true.", null);
        }

        if (Has(request, "stop", out var stop) && stop.ValueKind == JsonValueKind.Array && stop.GetArrayLength() > 4)
        {
            return RequestRules.Broken("stop", "'stop' takes at most 4 sequences.", "array_above_max_length");
        }

        return Has(request, "metadata", out _) && !(Has(request, "store", out var store) && store.ValueKind == JsonValueKind.True)
            ? RequestRules.Broken("metadata", "'metadata' is taken only where 'store' is true.", null)
            : null;
    }
}
