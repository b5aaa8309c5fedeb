using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Ensemble.Testing;

namespace Ensemble.Core.Tests.Testing;

/// <summary>A plain client of the stub.</summary>
internal sealed class StubClient : IDisposable
{
    private readonly UpstreamStub _stub;
    private readonly HttpClient _http;

    public StubClient(UpstreamStub stub)
    {
        _stub = stub;
        var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => stub.IsOwn(certificate);
        _http = new HttpClient(handler);
    }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public Task<HttpResponseMessage> PostAsync(
        string body, string? key = null, string contentType = "application/json", CancellationToken? cancel = null, string path = "/chat/completions")
    {
        var message = new HttpRequestMessage(HttpMethod.Post, _stub.BaseUrl + path)
        {
            Content = new StringContent(body, Encoding.UTF8, contentType),
            Version = _stub.Certificate is null ? new Version(1, 1) : new Version(2, 0),
        };
        message.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        return _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancel ?? Cancel);
    }

    public async Task<JsonElement> PostWholeAsync(string body)
    {
        using var response = await PostAsync(body);
        return JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancel));
    }

    /// <summary>The data of each event, in order.</summary>
    public async Task<List<string>> PostStreamAsync(string body)
    {
        using var response = await PostAsync(body);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        var text = await response.Content.ReadAsStringAsync(Cancel);
        return [.. text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(line => line["data: ".Length..])];
    }

    public void Dispose() => _http.Dispose();
}
