using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Ensemble.Testing;

internal sealed class VectorReply(Func<string, float[]> vectorOf, int? promptTokens) : StubReply
{
    internal override Task WriteAsync(StubExchange exchange)
    {
        var asBase64 = exchange.Request.Field("encoding_format")?.ToString() == "base64";
        var data = new JsonArray();
        foreach (var text in exchange.Request.Inputs)
        {
            var vector = vectorOf(text);
            data.Add((JsonNode)new JsonObject
            {
                ["object"] = "embedding",
                ["index"] = data.Count,
                ["embedding"] = asBase64
                    ? Convert.ToBase64String(MemoryMarshal.AsBytes(vector.AsSpan()))
                    : new JsonArray([.. vector.Select(number => (JsonNode)number)]),
            });
        }

        var answer = new JsonObject { ["object"] = "list", ["data"] = data, ["model"] = exchange.Request.Model };
        if (promptTokens is { } tokens)
        {
            answer["usage"] = new JsonObject { ["prompt_tokens"] = tokens, ["total_tokens"] = tokens };
        }

        return exchange.WriteJsonAsync(200, answer);
    }
}
