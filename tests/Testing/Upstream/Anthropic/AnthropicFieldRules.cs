using System.Text.Json;
using System.Text.RegularExpressions;

namespace Ensemble.Testing;

/// <summary>Rules on the top-level fields other than the messages.</summary>
internal static partial class AnthropicFieldRules
{
    private const int LeastThinking = 1024;

    public static StubViolation? Check(StubRequest request) =>
        MaxTokens(request) ?? System(request) ?? InUnit(request, "temperature") ?? InUnit(request, "top_p")
        ?? StopSequences(request) ?? Stream(request) ?? Metadata(request) ?? Tools(request) ?? ToolChoice(request)
        ?? OutputConfig(request) ?? Thinking(request);

    /// <summary>Of those models that take one way of sampling.</summary>
    public static StubViolation? OneOfTwo(StubRequest request) =>
        request.Field("temperature") is not null && request.Field("top_p") is not null
            ? AnthropicRules.Broken("`temperature` and `top_p` cannot both be specified for this model. Please use only one.")
            : null;

    private static StubViolation? MaxTokens(StubRequest request) => request.Field("max_tokens") switch
    {
        null => AnthropicRules.Broken("max_tokens: Field required"),
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt32(out var count) && count >= 1 => null,
        _ => AnthropicRules.Broken("max_tokens: Input should be greater than or equal to 1"),
    };

    private static StubViolation? System(StubRequest request) => request.Field("system") switch
    {
        null or { ValueKind: JsonValueKind.String } => null,
        { ValueKind: JsonValueKind.Array } blocks => blocks.EnumerateArray()
            .Select((block, index) => Kind(block) == "text"
                ? AnthropicMessageRules.Text(block, $"system.{index}")
                : AnthropicRules.Broken($"system.{index}.type: Input should be 'text'"))
            .FirstOrDefault(broken => broken is not null),
        _ => AnthropicRules.Broken("system: Input should be a valid list"),
    };

    private static StubViolation? InUnit(StubRequest request, string field) => request.Field(field) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } number when number.GetDouble() is >= 0 and <= 1 => null,
        _ => AnthropicRules.Broken($"{field}: range: 0..1"),
    };

    private static StubViolation? StopSequences(StubRequest request)
    {
        if (request.Field("stop_sequences") is not { } sequences)
        {
            return null;
        }

        return sequences.ValueKind == JsonValueKind.Array
            && sequences.EnumerateArray().All(text => text.ValueKind == JsonValueKind.String && !string.IsNullOrWhiteSpace(text.GetString()))
            ? null
            : AnthropicRules.Broken("stop_sequences: each stop sequence must contain non-whitespace");
    }

    private static StubViolation? Stream(StubRequest request) =>
        request.Field("stream") is null or { ValueKind: JsonValueKind.True or JsonValueKind.False }
            ? null
            : AnthropicRules.Broken("stream: Input should be a valid boolean");

    private static StubViolation? Metadata(StubRequest request) =>
        request.Field("metadata") is not { } metadata
        || (metadata.ValueKind == JsonValueKind.Object
            && metadata.EnumerateObject().All(field => field.Name == "user_id" && field.Value.ValueKind == JsonValueKind.String && field.Value.GetString()!.Length <= 256))
            ? null
            : AnthropicRules.Broken("metadata: Extra inputs are not permitted");

    private static StubViolation? Tools(StubRequest request)
    {
        if (request.Field("tools") is not { } tools)
        {
            return null;
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        var index = 0;
        foreach (var tool in tools.EnumerateArray())
        {
            var path = $"tools.{index++}";
            if (!tool.TryGetProperty("name", out var name) || !names.Add(name.ToString()))
            {
                return AnthropicRules.Broken($"{path}.name: Field required, and tool names must be unique");
            }

            if (!ToolName().IsMatch(name.ToString()))
            {
                return AnthropicRules.Broken($"{path}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{{1,128}}$'");
            }

            var isOwn = tool.TryGetProperty("type", out var type) && type.ToString() != "custom";
            if (!isOwn && !(tool.TryGetProperty("input_schema", out var schema) && Kind(schema) == "object"))
            {
                return AnthropicRules.Broken($"{path}.custom.input_schema.type: Input should be 'object'");
            }

            if (!isOwn && Extra(tool, "name", "description", "input_schema", "type", "strict", "cache_control") is { } extra)
            {
                return AnthropicRules.Broken($"{path}.custom.{extra}: Extra inputs are not permitted");
            }
        }

        return null;
    }

    private static StubViolation? ToolChoice(StubRequest request)
    {
        if (request.Field("tool_choice") is not { } choice)
        {
            return null;
        }

        if (request.Field("tools") is null)
        {
            return AnthropicRules.Broken("tool_choice: may only be specified while providing `tools`.");
        }

        return Kind(choice) is "auto" or "any" or "none" || (Kind(choice) == "tool" && choice.TryGetProperty("name", out _))
            ? null
            : AnthropicRules.Broken("tool_choice: Input does not match any of the expected tags: 'any', 'auto', 'none', 'tool'");
    }

    private static StubViolation? OutputConfig(StubRequest request)
    {
        if (request.Field("output_config") is not { } config)
        {
            return null;
        }

        if (Extra(config, "format", "effort") is { } extra)
        {
            return AnthropicRules.Broken($"output_config.{extra}: Extra inputs are not permitted");
        }

        if (config.TryGetProperty("effort", out var effort) && effort.ToString() is not ("low" or "medium" or "high" or "xhigh" or "max"))
        {
            return AnthropicRules.Broken("output_config.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'");
        }

        return !config.TryGetProperty("format", out var format) || (Kind(format) == "json_schema" && format.TryGetProperty("schema", out var schema) && IsClosed(schema))
            ? null
            : AnthropicRules.Broken("output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false");
    }

    private static StubViolation? Thinking(StubRequest request)
    {
        if (request.Field("thinking") is not { } thinking || Kind(thinking) is "disabled" or "adaptive")
        {
            return null;
        }

        if (Kind(thinking) != "enabled" || !thinking.TryGetProperty("budget_tokens", out var budget) || !budget.TryGetInt32(out var tokens) || tokens < LeastThinking)
        {
            return AnthropicRules.Broken($"thinking.enabled.budget_tokens: Input should be greater than or equal to {LeastThinking}");
        }

        return tokens >= request.Field("max_tokens")!.Value.GetInt32() ? AnthropicRules.Broken("`max_tokens` must be greater than `thinking.budget_tokens`.")
            : request.Field("temperature") is { } temperature && temperature.GetDouble() is not 1 ? AnthropicRules.Broken("`temperature` may only be set to 1 when thinking is enabled.")
            : request.Field("top_k") is not null || (request.Field("top_p") is { } topP && topP.GetDouble() < 0.95) ? AnthropicRules.Broken("`top_p` and `top_k` are restricted when thinking is enabled.")
            : CallsWithoutThoughts(request) ? AnthropicRules.Broken("messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`. When `thinking` is enabled, a final `assistant` message must start with a thinking block.")
            : request.Field("tool_choice") is { } choice && Kind(choice) is "any" or "tool" ? AnthropicRules.Broken("Thinking may not be enabled when tool_choice forces tool use.")
            : null;
    }

    private static bool CallsWithoutThoughts(StubRequest request)
    {
        var last = request.Field("messages")!.Value.EnumerateArray().LastOrDefault(message => message.GetProperty("role").GetString() == "assistant");
        return last.ValueKind == JsonValueKind.Object && last.GetProperty("content") is { ValueKind: JsonValueKind.Array } blocks
            && blocks.EnumerateArray().Any(block => Kind(block) == "tool_use") && blocks.EnumerateArray().All(block => Kind(block) != "thinking");
    }

    private static bool IsClosed(JsonElement schema) => schema.ValueKind switch
    {
        JsonValueKind.Array => schema.EnumerateArray().All(IsClosed),
        JsonValueKind.Object =>
            (Kind(schema) != "object" || (schema.TryGetProperty("additionalProperties", out var more) && more.ValueKind == JsonValueKind.False))
            && schema.EnumerateObject().All(field => IsClosed(field.Value)),
        _ => true,
    };

    private static string? Extra(JsonElement value, params string[] known) =>
        value.EnumerateObject().Select(field => field.Name).FirstOrDefault(name => !known.Contains(name));

    private static string? Kind(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String ? type.GetString() : null;

    [GeneratedRegex("^[a-zA-Z0-9_-]{1,128}$", RegexOptions.None, 1000)]
    private static partial Regex ToolName();
}
