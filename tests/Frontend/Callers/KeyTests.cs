using System.Net;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Frontend.Tests.Callers;

/// <summary>Who is let in, to what, and who sees which run.</summary>
public sealed class KeyTests
{
    private static readonly DateTimeOffset Start = new ManualTimeProvider().GetUtcNow();

    [Theory]
    [InlineData(null, "invalid_api_key")]
    [InlineData("nobody", "invalid_api_key")]
    [InlineData("anna2", "invalid_api_key")]
    [InlineData("old", "api_key_expired")]
    [InlineData("off", "api_key_disabled")]
    public async Task Key_ThatIsNotGood_Is401(string? key, string code)
    {
        await using var council = await WithKeysAsync();

        foreach (var answer in (Answer[])
                 [
                     await council.Gateway.ChatAsync(Council.Ask, key),
                     await council.Gateway.GetAsync("/v1/models", key),
                     await council.Gateway.GetAsync("/v1/models/council", key),

                     // Without any key this machine's own user is its administrator.
                     await council.Gateway.SendAsync(HttpMethod.Get, "/v1/runs/x", null, key, ("X-Forwarded-For", "192.0.2.1")),
                 ])
        {
            answer.ShouldBeError(401, "authentication_error", code);
            answer.Header("x-should-retry").ShouldBe("false");
        }

        council.Stub.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Key_ThatExpires_WorksUntilThen()
    {
        await using var council = await WithKeysAsync(manualClock: true);

        var before = await council.Gateway.GetAsync("/v1/models", "soon");
        council.Clock.Advance(TimeSpan.FromMinutes(1));
        var after = await council.Gateway.GetAsync("/v1/models", "soon");

        before.Status.ShouldBe(HttpStatusCode.OK);
        after.ShouldBeError(401, "authentication_error", "api_key_expired");
    }

    [Fact]
    public async Task Alias_NotAllowed_Is404AndUnlisted()
    {
        await using var council = await WithKeysAsync();

        var chat = await council.Gateway.ChatAsync(Council.AskSolo, "bert");
        var found = await council.Gateway.GetAsync("/v1/models/solo", "bert");
        var listed = await council.Gateway.GetAsync("/v1/models", "bert");
        var allowed = await council.Gateway.ChatAsync(Council.Ask, "bert");

        chat.ShouldBeError(404, "invalid_request_error", "model_not_found", "model");
        found.ShouldBeError(404, "invalid_request_error", "model_not_found", "model");
        listed.Json.GetProperty("data").EnumerateArray().Select(model => model.GetProperty("id").GetString()).ShouldBe(["council"]);
        allowed.Status.ShouldBe(HttpStatusCode.OK, allowed.Body);
    }

    [Theory]
    [InlineData("/v1/chat/completions", """{"model":"MODEL","messages":[{"role":"user","content":"Hi"}]}""")]
    [InlineData("/v1/chat/completions", """{"model":"MODEL","stream":true,"messages":[{"role":"user","content":"Hi"}]}""")]
    [InlineData("/v1/chat/completions?dry_run=true", """{"model":"MODEL","messages":[{"role":"user","content":"Hi"}]}""")]
    [InlineData("/v1/models/MODEL", null)]
    public async Task Alias_NotAllowed_IsAnsweredAsOneThatDoesNotExist(string path, string? body)
    {
        await using var council = await WithKeysAsync();

        var (forbidden, unknown) = (await AskAsync("solo"), await AskAsync("sole"));

        forbidden.Status.ShouldBe(HttpStatusCode.NotFound);
        Comparable(forbidden).ShouldBe(Comparable(unknown).Replace("'sole'", "'solo'", StringComparison.Ordinal));

        Task<Answer> AskAsync(string model) => council.Gateway.SendAsync(
            body is null ? HttpMethod.Get : HttpMethod.Post,
            path.Replace("MODEL", model, StringComparison.Ordinal),
            body?.Replace("MODEL", model, StringComparison.Ordinal),
            "bert");

        static string Comparable(Answer answer) => string.Join(
            '\n',
            answer.Headers.Where(header => !header.Key.Equals("x-request-id", StringComparison.OrdinalIgnoreCase) && header.Key != "Date").OrderBy(header => header.Key).Select(header => $"{header.Key}: {header.Value}")
                .Append(answer.Body));
    }

    [Theory]
    [InlineData("x-api-key", "anna", HttpStatusCode.OK)]
    [InlineData("api-key", "anna", HttpStatusCode.OK)]
    [InlineData("x-api-key", "nobody", HttpStatusCode.Unauthorized)]
    [InlineData("x-key", "anna", HttpStatusCode.Unauthorized)]
    public async Task Key_InAHeaderOfAnotherSdk_IsAKey(string header, string key, HttpStatusCode status)
    {
        await using var council = await WithKeysAsync();

        (await council.Gateway.SendAsync(HttpMethod.Get, "/v1/models", null, null, (header, key))).Status.ShouldBe(status);
        (await council.Gateway.SendAsync(HttpMethod.Get, "/v1/models", null, "nobody", (header, key))).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Alias_Unknown_Is404()
    {
        await using var council = await WithKeysAsync();

        var answer = await council.Gateway.ChatAsync("""{"model":"nothing","messages":[{"role":"user","content":"Hi"}]}""", "anna");

        answer.ShouldBeError(404, "invalid_request_error", "model_not_found", "model");
    }

    [Fact]
    public async Task Run_OfAnotherKey_Is404AsIfItWereNotThere()
    {
        await using var council = await WithKeysAsync();
        var run = (await council.Gateway.ChatAsync(Council.Ask, "anna")).Header("x-ensemble-run-id");

        var own = await council.Gateway.GetAsync($"/v1/runs/{run}", "anna");
        var other = await council.Gateway.GetAsync($"/v1/runs/{run}", "bert");
        var unknown = await council.Gateway.GetAsync($"/v1/runs/{new string('0', 32)}", "bert");
        var senseless = await council.Gateway.GetAsync("/v1/runs/..%2fx", "bert");

        own.Status.ShouldBe(HttpStatusCode.OK);
        other.ShouldBeError(404, "invalid_request_error", "run_not_found").Message.ShouldBe(
            unknown.ShouldBeError(404, "invalid_request_error", "run_not_found").Message.Replace(new string('0', 32), run, StringComparison.Ordinal));
        senseless.ShouldBeError(404, "invalid_request_error", "run_not_found");
    }

    [Fact]
    public async Task Run_NamesModelsOnlyToWhoMayReadThem()
    {
        await using var council = await WithKeysAsync();
        council.Model("wombat").Default = StubReply.Error(500, null, "vendor-wombat is down");
        var annas = (await council.Gateway.ChatAsync(Council.Ask, "anna")).Completion;
        var rudis = (await council.Gateway.ChatAsync(Council.Ask, "rudi")).Completion;

        var nameless = await council.Gateway.GetAsync($"/v1/runs/{annas}", "anna");
        var named = await council.Gateway.GetAsync($"/v1/runs/{rudis}", "rudi");

        Council.ShouldNameNobody(nameless.Everything);
        nameless.Json.GetProperty("sub_calls").GetArrayLength().ShouldBe(4);
        named.Json.GetProperty("sub_calls").EnumerateArray().Select(call => call.GetProperty("model").GetString()).Order()
            .ShouldBe(["bilby", "numbat", "quokka", "wombat"]);
        named.Body.ShouldContain("vendor-wombat is down");
    }

    private static Task<Council> WithKeysAsync(bool manualClock = false) => Council.StartAsync(manualClock, more: catalog => catalog
        .AddKey("anna")
        .AddKey("bert", allowed: ["coun*"])
        .AddKey("old", expiresAt: Start.AddYears(-1))
        .AddKey("soon", expiresAt: Start.AddMinutes(1))
        .AddKey("off", disabled: true)
        .AddKey("rudi", readManifests: true));
}
