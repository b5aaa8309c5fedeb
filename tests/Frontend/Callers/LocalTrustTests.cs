using Ensemble.Catalog;
using Ensemble.Frontend.Tests.Support;

namespace Ensemble.Frontend.Tests.Callers;

/// <summary>Without caller keys only this machine's own user is served.</summary>
public sealed class LocalTrustTests
{
    [Theory]
    [InlineData("Forwarded", "for=192.0.2.1", 401)]
    [InlineData("X-Forwarded-For", "192.0.2.1", 401)]
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
