using System.Diagnostics;
using System.Text;
using Ensemble.Load.Tokens;
using Microsoft.AspNetCore.Http;

namespace Ensemble.Load.Stub;

/// <summary>A streamed answer with a token at a fixed interval; each token says when it was written.</summary>
internal sealed class TickingAnswer
{
    private const string Usage = """{"prompt_tokens":120,"completion_tokens":50,"total_tokens":170}""";

    private readonly byte[] _head;
    private readonly byte[] _token;
    private readonly byte[] _tail;

    public TickingAnswer(string name)
    {
        _head = Chunk(name, """[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]""");
        _token = Chunk(name, $$$"""[{"index":0,"delta":{"content":"{{{TokenStamp.Placeholder}}}"},"finish_reason":null}]""");
        _tail =
        [
            .. Chunk(name, """[{"index":0,"delta":{},"finish_reason":"stop"}]"""),
            .. Encoding.UTF8.GetBytes(StubModel.Chunk(name, "[]", Usage)),
            .. "data: [DONE]\n\n"u8,
        ];
    }

    /// <summary>Tokens are due at fixed times: one that was late does not make the next ones late.</summary>
    public async Task WriteAsync(HttpResponse response, DelayLine interval)
    {
        response.ContentType = "text/event-stream";
        var due = Stopwatch.GetTimestamp();
        await response.Body.WriteAsync(_head, response.HttpContext.RequestAborted);
        await response.Body.FlushAsync(response.HttpContext.RequestAborted);
        var token = _token.ToArray();
        for (var number = 0; number < Names.TokenCount; number++, due += interval.Latency)
        {
            await interval.WaitAsync(due);
            TokenStamp.Write(token, Stopwatch.GetTimestamp());
            await response.Body.WriteAsync(token, response.HttpContext.RequestAborted);
            await response.Body.FlushAsync(response.HttpContext.RequestAborted);
        }

        await response.Body.WriteAsync(_tail, response.HttpContext.RequestAborted);
    }

    private static byte[] Chunk(string name, string choices) => Encoding.UTF8.GetBytes(StubModel.Chunk(name, choices, "null"));
}
