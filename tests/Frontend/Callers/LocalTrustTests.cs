using Ensemble.Catalog.Serving;
using Ensemble.Frontend.Tests.Support;

namespace Ensemble.Frontend.Tests.Callers;

/// <summary>Without caller keys only this machine's own user is served.</summary>
public sealed class LocalTrustTests
{
    [Theory]
    [InlineData("Forwarded", "for=192.0.2.1", 401)]
    [InlineData("X-Forwarded-For", "192.0.2.1", 401)]
    [InlineData("X-Forwarded", "192.0.2.1", 401)]
    [InlineData("X-Real-IP", "192.0.2.1", 401)]
    [InlineData("Via", "1.1 proxy", 401)]
    [InlineData("CF-Connecting-IP", "192.0.2.1", 401)]
    [InlineData("CF-Ray", "8a", 401)]
    [InlineData("cf-ipcountry", "DE", 401)]
    [InlineData("True-Client-IP", "192.0.2.1", 401)]
    [InlineData("X-Client-IP", "192.0.2.1", 401)]
    [InlineData("Client-IP", "192.0.2.1", 401)]
    [InlineData("Fastly-Client-IP", "192.0.2.1", 401)]
    [InlineData("X-Cluster-Client-IP", "192.0.2.1", 401)]
    [InlineData("Fly-Client-IP", "192.0.2.1", 401)]
    [InlineData("X-Azure-SocketIP", "192.0.2.1", 401)]
    [InlineData("X-Amzn-Trace-Id", "Root=1", 401)]
    [InlineData("X-Envoy-External-Address", "192.0.2.1", 401)]
    [InlineData("X-Remote-Addr", "192.0.2.1", 401)]
    [InlineData("X-Original-URL", "/x", 401)]
    [InlineData("X-Original-Host", "api.example", 401)]
    [InlineData("X_FORWARDED_FOR", "192.0.2.1", 401)]
    [InlineData("WL-Proxy-Client-IP", "192.0.2.1", 401)]
    [InlineData("X-Stainless-Lang", "js", 200)]
    [InlineData("X-Request-Id", "1", 200)]
    [InlineData("OpenAI-Organization", "o", 200)]
    [InlineData("Sec-Fetch-Site", "same-origin", 200)]
    [InlineData("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", 200)]
    [InlineData("Accept-Encoding", "gzip", 200)]
    [InlineData("Host", "evil.example", 401)]
    [InlineData("Origin", "https://evil.example", 401)]
    [InlineData("Origin", "null", 401)]
    [InlineData("Host", "localhost:8080", 200)]
    [InlineData("Origin", "http://127.0.0.1:3000", 200)]
    public async Task Keyless_OfARequestWithThatHeader_IsServedOnlyIfLocal(string header, string value, int status)
    {
        await using var gateway = await Gateway.StartAsync(BuiltInCatalog.Open());
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        request.Headers.TryAddWithoutValidation(header, value).ShouldBeTrue();

        using var response = await gateway.Http.SendAsync(request, TestContext.Current.CancellationToken);

        ((int)response.StatusCode).ShouldBe(status);
    }
}
