using System.Net;
using Ensemble.Frontend.Tests.Support;

namespace Ensemble.Frontend.Tests.Endpoints;

/// <summary>What a person or a client finds at addresses that are not quite an endpoint's.</summary>
public sealed class AddressTests
{
    [Fact]
    public async Task Root_WithoutAKey_NamesTheProductAndItsAddresses()
    {
        await using var council = await Council.StartAsync(more: catalog => catalog.AddKey("anna"));

        var answer = await council.Gateway.GetAsync("/");

        answer.Status.ShouldBe(HttpStatusCode.OK);
        answer.Json.GetProperty("name").GetString().ShouldBe("Ensemble.Orleans");
        answer.Json.GetProperty("version").GetString().ShouldNotBeNull().ShouldMatch(@"^\d+\.\d+\.\d+");
        answer.Body.ShouldContain("POST /v1/chat/completions");
        (await council.Gateway.GetAsync(answer.Json.GetProperty("dashboard").GetString()!)).Status.ShouldBe(HttpStatusCode.OK);
        (await council.Gateway.GetAsync(answer.Json.GetProperty("openapi").GetString()!)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("POST", "/chat/completions", "Did you mean /v1/chat/completions?")]
    [InlineData("POST", "/v1/v1/chat/completions", "Did you mean /v1/chat/completions?")]
    [InlineData("POST", "/v1/embeddings", "not offered")]
    [InlineData("GET", "/v1", "base URL")]
    public async Task Address_ThatIsNone_Is404WithTheLikelyOne(string method, string path, string words)
    {
        await using var council = await Council.StartAsync();

        var answer = await council.Gateway.SendAsync(new HttpMethod(method), path, method == "POST" ? "{}" : null);

        answer.ShouldBeError(404, "invalid_request_error", "not_found").Message.ShouldContain(words);
        answer.Header("x-should-retry").ShouldBe("false");
    }

    [Fact]
    public async Task Chat_WithASlashAtTheEnd_IsTheSame()
    {
        await using var council = await Council.StartAsync();

        (await council.Gateway.SendAsync(HttpMethod.Post, "/v1/chat/completions/", Council.Ask)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("GET", "/v1/chat/completions", "POST")]
    [InlineData("OPTIONS", "/v1/chat/completions", "POST")]
    [InlineData("POST", "/v1/models", "GET, HEAD")]
    [InlineData("DELETE", "/", "GET, HEAD")]
    public async Task Method_ThatIsNotTaken_Is405WithThoseThatAre(string method, string path, string allowed)
    {
        await using var council = await Council.StartAsync();

        var answer = await council.Gateway.SendAsync(new HttpMethod(method), path);

        answer.ShouldBeError(405, "invalid_request_error", "method_not_allowed").Message.ShouldContain($"It takes {allowed}");
        answer.Header("allow").ShouldBe(allowed);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/v1/models")]
    [InlineData("/v1/models/council")]
    [InlineData("/v1/models/nothing")]
    [InlineData("/v1/runs/x")]
    [InlineData("/admin/cluster")]
    [InlineData("/admin/gates")]
    [InlineData("/admin/usage")]
    [InlineData("/admin/runs")]
    [InlineData("/dashboard/")]
    [InlineData("/dashboard/session")]
    [InlineData("/livez")]
    [InlineData("/readyz")]
    [InlineData("/openapi.json")]
    public async Task Head_WhereGetIs_HasItsStatusAndHeadersWithoutABody(string path)
    {
        await using var council = await Council.StartAsync();

        var get = await council.Gateway.GetAsync(path);
        var head = await council.Gateway.SendAsync(HttpMethod.Head, path);

        head.Status.ShouldBe(get.Status);
        head.Header("content-type").ShouldBe(get.Header("content-type"));
        head.Body.ShouldBeEmpty();
    }
}
