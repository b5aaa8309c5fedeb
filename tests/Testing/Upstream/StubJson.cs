using System.Text.Json.Nodes;

namespace Ensemble.Testing;

/// <summary>The shapes of OpenAI's answers.</summary>
internal static class StubJson
{
    private const int Created = 1_700_000_000;

    public static JsonObject Whole(StubExchange exchange, JsonArray choices, StubUsage? usage)
    {
        var answer = Envelope(exchange, "chat.completion", choices);
        if (usage is not null)
        {
            answer["usage"] = Usage(usage);
        }

        return answer;
    }

    public static JsonObject Chunk(StubExchange exchange, JsonArray choices) => Envelope(exchange, "chat.completion.chunk", choices);

    public static JsonObject Chunk(StubExchange exchange, int index, JsonObject delta, string? finishReason = null) => Chunk(
        exchange,
        [new JsonObject { ["index"] = index, ["delta"] = delta, ["logprobs"] = null, ["finish_reason"] = finishReason }]);

    public static JsonObject RoleDelta() => new() { ["role"] = "assistant", ["content"] = "", ["refusal"] = null };

    public static JsonObject Message(StubExchange exchange, StubMessage message)
    {
        var json = new JsonObject { ["role"] = "assistant", ["content"] = message.Content, ["refusal"] = message.Refusal };
        if (message.Reasoning is not null)
        {
            json["reasoning_content"] = message.Reasoning;
        }

        if (message.ToolCall is { } call)
        {
            json["tool_calls"] = new JsonArray(new JsonObject
            {
                ["id"] = ToolCallId(exchange),
                ["type"] = "function",
                ["function"] = new JsonObject { ["name"] = call.Name, ["arguments"] = call.Arguments },
            });
        }

        return json;
    }

    public static JsonObject ToolCallDelta(string? id, string? name, string arguments)
    {
        var function = new JsonObject { ["arguments"] = arguments };
        var call = new JsonObject { ["index"] = 0, ["function"] = function };
        if (id is not null)
        {
            call["id"] = id;
            call["type"] = "function";
            function["name"] = name;
        }

        return new JsonObject { ["tool_calls"] = new JsonArray(call) };
    }

    public static string ToolCallId(StubExchange exchange) => $"call_{exchange.Id}";

    public static JsonObject Usage(StubUsage usage) => new()
    {
        ["prompt_tokens"] = usage.PromptTokens,
        ["completion_tokens"] = usage.CompletionTokens,
        ["total_tokens"] = usage.PromptTokens + usage.CompletionTokens,
        ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = 0, ["audio_tokens"] = 0 },
        ["completion_tokens_details"] = new JsonObject { ["reasoning_tokens"] = 0, ["audio_tokens"] = 0 },
    };

    private static JsonObject Envelope(StubExchange exchange, string type, JsonArray choices) => new()
    {
        ["id"] = $"chatcmpl-{exchange.Id}",
        ["object"] = type,
        ["created"] = Created,
        ["model"] = exchange.Request.Model,
        ["system_fingerprint"] = "fp_1",
        ["choices"] = choices,
    };
}
