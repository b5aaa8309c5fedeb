using System.Text.Json.Nodes;

namespace Ensemble.Testing;

/// <summary>A finished message, served whole or as the events of a stream.</summary>
internal sealed class AnthropicAnswer(StubMessage message, string finishReason, StubUsage? usage)
{
    private string StopReason => finishReason switch
    {
        "stop" => "end_turn",
        "length" => "max_tokens",
        "tool_calls" => "tool_use",
        "content_filter" => "refusal",
        _ => finishReason,
    };

    public async Task WriteAsync(StubExchange exchange)
    {
        if (!exchange.Request.Stream)
        {
            await exchange.WriteJsonAsync(200, Whole(exchange));
            return;
        }

        await exchange.BeginStreamAsync();
        foreach (var step in Steps(exchange))
        {
            await step.WriteAsync(exchange);
        }
    }

    private JsonObject Whole(StubExchange exchange)
    {
        var content = new JsonArray();
        if (message.Reasoning is not null)
        {
            content.Add((JsonNode)new JsonObject { ["type"] = "thinking", ["thinking"] = message.Reasoning, ["signature"] = "c2ln" });
        }

        if (!string.IsNullOrEmpty(message.Content))
        {
            content.Add((JsonNode)new JsonObject { ["type"] = "text", ["text"] = message.Content, ["citations"] = null });
        }

        if (message.ToolCall is { } call)
        {
            content.Add((JsonNode)new JsonObject
            {
                ["type"] = "tool_use",
                ["id"] = ToolUseId(exchange),
                ["name"] = call.Name,
                ["input"] = JsonNode.Parse(call.Arguments),
            });
        }

        var whole = new JsonObject
        {
            ["id"] = $"msg_{exchange.Id}",
            ["type"] = "message",
            ["role"] = "assistant",
            ["model"] = exchange.Request.Model,
            ["content"] = content,
            ["stop_reason"] = StopReason,
            ["stop_sequence"] = null,
        };
        if (usage is not null)
        {
            whole["usage"] = AnthropicStep.Usage(usage.PromptTokens, usage.CompletionTokens);
        }

        return whole;
    }

    private IEnumerable<StubStep> Steps(StubExchange exchange)
    {
        var index = 0;
        yield return AnthropicStep.Start(usage?.PromptTokens ?? 0);
        if (message.Reasoning is { } thought)
        {
            yield return AnthropicStep.ThinkingStart(index);
            yield return AnthropicStep.Thinking(index, thought);
            yield return AnthropicStep.Signature(index);
            yield return AnthropicStep.Stop(index++);
        }

        yield return AnthropicStep.Ping();
        if (message.Pieces.Count > 0)
        {
            yield return AnthropicStep.TextStart(index);
            foreach (var piece in message.Pieces)
            {
                yield return AnthropicStep.Text(index, piece);
            }

            yield return AnthropicStep.Stop(index++);
        }

        if (message.ToolCall is { } call)
        {
            var half = call.Arguments.Length / 2;
            yield return AnthropicStep.ToolStart(index, ToolUseId(exchange), call.Name);
            yield return AnthropicStep.Arguments(index, "");
            yield return AnthropicStep.Arguments(index, call.Arguments[..half]);
            yield return AnthropicStep.Arguments(index, call.Arguments[half..]);
            yield return AnthropicStep.Stop(index);
        }

        yield return AnthropicStep.End(StopReason, usage?.CompletionTokens ?? 0);
        yield return AnthropicStep.Done();
    }

    private static string ToolUseId(StubExchange exchange) => $"toolu_{exchange.Id}";
}
