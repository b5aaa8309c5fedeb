using System.Text.Json.Nodes;

namespace Ensemble.Testing;

/// <summary>A finished answer, served whole or as a stream.</summary>
internal sealed class ChatReply(StubMessage message, string finishReason) : StubReply
{
    public StubUsage? Usage { get; init; }

    public bool UsageSoFar { get; init; }

    internal override Task WriteAsync(StubExchange exchange) =>
        exchange.SpeaksAnthropic ? new AnthropicAnswer(message, finishReason, Usage).WriteAsync(exchange)
        : exchange.Request.Stream ? StreamAsync(exchange)
        : WholeAsync(exchange);

    private Task WholeAsync(StubExchange exchange)
    {
        var choices = new JsonArray();
        for (var index = 0; index < exchange.Request.Choices; index++)
        {
            choices.Add((JsonNode)new JsonObject
            {
                ["index"] = index,
                ["message"] = StubJson.Message(exchange, message),
                ["logprobs"] = null,
                ["finish_reason"] = finishReason,
            });
        }

        return exchange.WriteJsonAsync(200, StubJson.Whole(exchange, choices, Usage));
    }

    private async Task StreamAsync(StubExchange exchange)
    {
        await exchange.BeginStreamAsync();
        var separateUsage = exchange.Request.IncludeUsage && !UsageSoFar;
        var deltas = Deltas(exchange).ToList();
        for (var at = 0; at <= deltas.Count; at++)
        {
            for (var index = 0; index < exchange.Request.Choices; index++)
            {
                var chunk = at == deltas.Count
                    ? StubJson.Chunk(exchange, index, [], finishReason)
                    : StubJson.Chunk(exchange, index, (JsonObject)deltas[at].DeepClone());
                if (UsageSoFar && Usage is { } usage)
                {
                    chunk["usage"] = StubJson.Usage(usage with { CompletionTokens = usage.CompletionTokens * at / deltas.Count });
                }
                else if (separateUsage)
                {
                    chunk["usage"] = null;
                }

                await exchange.WriteEventAsync(chunk);
            }
        }

        if (separateUsage && Usage is not null)
        {
            var chunk = StubJson.Chunk(exchange, []);
            chunk["usage"] = StubJson.Usage(Usage);
            await exchange.WriteEventAsync(chunk);
        }

        await exchange.WriteEventAsync("[DONE]");
    }

    private IEnumerable<JsonObject> Deltas(StubExchange exchange)
    {
        yield return StubJson.RoleDelta();
        if (message.Reasoning is not null)
        {
            yield return new JsonObject { ["reasoning_content"] = message.Reasoning };
        }

        if (message.Refusal is not null)
        {
            yield return new JsonObject { ["refusal"] = message.Refusal };
        }

        foreach (var piece in message.Pieces)
        {
            yield return new JsonObject { ["content"] = piece };
        }

        if (message.ToolCall is { } call)
        {
            var half = call.Arguments.Length / 2;
            yield return StubJson.ToolCallDelta(StubJson.ToolCallId(exchange), call.Name, "");
            yield return StubJson.ToolCallDelta(null, null, call.Arguments[..half]);
            yield return StubJson.ToolCallDelta(null, null, call.Arguments[half..]);
        }
    }
}
