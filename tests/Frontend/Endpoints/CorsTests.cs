using System.Net;
using Ensemble.Frontend.Options;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Frontend.Tests.Endpoints;

/// <summary>Which web pages may call from a browser, and what.</summary>
public sealed class CorsTests
{
    private const string App = "https://app.example";

    private static readonly string[] Allowed = ["--Cors:AllowedOrigins", $"{App}, http://localhost:3000"];

    [Theory]
    [InlineData("/v1/chat/completions", "POST")]
    [InlineData("/v1/models", "GET")]
    [InlineData("/v1/models/council", "GET")]
    [InlineData("/v1/runs/x", "GET")]
    [InlineData("/v1/runs/x/replay", "POST")]
    public async Task Preflight_OfAListedOrigin_AllowsTheCallWithAKey(string path, string method)
    {
        await using var council = await StartAsync(Allowed);

        var answer = await PreflightAsync(council, path, method, App);

        answer.Status.ShouldBe(HttpStatusCode.NoContent);
        answer.Header("access-control-allow-origin").ShouldBe(App);
        answer.Header("access-control-allow-headers").ShouldNotBeNull().ShouldContain("authorization");
        answer.Header("access-control-allow-methods").ShouldNotBeNull().ShouldContain(method);
        answer.Header("access-control-allow-credentials").ShouldBeNull();
    }

    [Theory]
    [InlineData("/v1/chat/completions", "https://evil.example")]
    [InlineData("/v1/chat/completions", "https://app.example.evil.example")]
    [InlineData("/v1/chat/completions", "null")]
    [InlineData("/admin/models", App)]
    [InlineData("/admin/usage", App)]
    [InlineData("/dashboard/session", App)]
    [InlineData("/readyz", App)]
    public async Task Preflight_OfAnotherOriginOrAnAdminEndpoint_AllowsNothing(string path, string origin)
    {
        await using var council = await StartAsync(Allowed);

        (await PreflightAsync(council, path, "POST", origin)).Header("access-control-allow-origin").ShouldBeNull();
    }

    [Fact]
    public async Task Answer_ToAListedOrigin_ShowsTheProductsHeaders()
    {
        await using var council = await StartAsync(Allowed);

        var answer = await council.Gateway.ChatAsync(Council.Ask, "anna", ("Origin", App));
        var refused = await council.Gateway.ChatAsync(Council.Ask, "nobody", ("Origin", App));

        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Body);
        answer.Header("access-control-allow-origin").ShouldBe(App);
        var exposed = answer.Header("access-control-expose-headers").ShouldNotBeNull().Split(',').Select(name => name.Trim()).ToList();
        exposed.ShouldBeSubsetOf(exposed.Distinct());
        foreach (var name in answer.Headers.Keys.Where(name => name.StartsWith("x-", StringComparison.OrdinalIgnoreCase)))
        {
            exposed.ShouldContain(name.ToLowerInvariant());
        }

        refused.ShouldBeError(401, "authentication_error", "invalid_api_key");
        refused.Header("access-control-allow-origin").ShouldBe(App);
    }

    [Fact]
    public async Task Preflight_WithoutTheOption_Is405()
    {
        await using var council = await StartAsync();

        var answer = await PreflightAsync(council, "/v1/chat/completions", "POST", App);

        answer.Status.ShouldBe(HttpStatusCode.MethodNotAllowed);
        answer.Header("access-control-allow-origin").ShouldBeNull();
    }

    [Fact]
    public async Task Preflight_EveryOriginAllowed_IsAnsweredToAny()
    {
        await using var council = await StartAsync("--Cors:AllowedOrigins", "*");

        (await PreflightAsync(council, "/v1/chat/completions", "POST", "https://any.example")).Header("access-control-allow-origin").ShouldBe("*");
    }

    [Theory]
    [InlineData("app.example")]
    [InlineData("https://app.example/path")]
    [InlineData("ftp://app.example")]
    [InlineData("https://*.example/x")]
    public void Read_NoOrigin_SaysWhatToWrite(string origin)
    {
        var problem = Should.Throw<StartupException>(() => TestHost.Build(["--Cors:AllowedOrigins", origin]));

        problem.Message.ShouldContain($"option Cors:AllowedOrigins: '{origin}' is not an origin. Write SCHEME://HOST");
    }

    private static Task<Council> StartAsync(params string[] args) => Council.StartAsync(more: catalog => catalog.AddKey("anna"), args: args);

    private static Task<Answer> PreflightAsync(Council council, string path, string method, string origin) => council.Gateway.SendAsync(
        HttpMethod.Options,
        path,
        null,
        null,
        ("Origin", origin),
        ("Access-Control-Request-Method", method),
        ("Access-Control-Request-Headers", "authorization,content-type,x-stainless-lang"));
}
