using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Ensemble.Testing;

/// <summary>One request and the means to answer it.</summary>
/// <param name="Rules">Those of the provider that answers.</param>
/// <param name="Ends">Cancelled when the client goes away or the stub stops.</param>
internal sealed record StubExchange(HttpContext Http, StubRequest Request, string Id, IRequestRules Rules, CancellationToken Ends)
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public bool SpeaksAnthropic => Rules is AnthropicRules;

    public Task WriteJsonAsync(int status, JsonNode body) => WriteBodyAsync(status, body.ToJsonString(Json), "application/json");

    public Task WriteBodyAsync(int status, string body, string contentType) => WriteBodyAsync(status, Encoding.UTF8.GetBytes(body), contentType);

    public async Task WriteBodyAsync(int status, byte[] bytes, string contentType)
    {
        Http.Response.StatusCode = status;
        Http.Response.ContentType = contentType;
        Http.Response.ContentLength = bytes.Length;
        await Http.Response.Body.WriteAsync(bytes, Ends);
    }

    public async Task BeginStreamAsync()
    {
        Http.Response.ContentType = "text/event-stream; charset=utf-8";
        Http.Response.Headers.CacheControl = "no-cache";
        await Http.Response.StartAsync(Ends);
        await Http.Response.Body.FlushAsync(Ends);
    }

    public Task WriteEventAsync(JsonNode data) => WriteEventAsync(data.ToJsonString(Json));

    public Task WriteEventAsync(string data) => WriteBytesAsync(Encoding.UTF8.GetBytes($"data: {data}\n\n"));

    public Task WriteEventAsync(string name, string data) => WriteBytesAsync(Encoding.UTF8.GetBytes($"event: {name}\ndata: {data}\n\n"));

    public async Task WriteBytesAsync(ReadOnlyMemory<byte> bytes)
    {
        await Http.Response.Body.WriteAsync(bytes, Ends);
        await Http.Response.Body.FlushAsync(Ends);
    }
}
