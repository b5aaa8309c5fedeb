using System.Net;
using System.Text.Json;
using Ensemble.Frontend.Callers;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Frontend.Tests.Admin;

/// <summary>Who may open the admin endpoints.</summary>
public sealed class AdminAccessTests
{
    private const string Solo = """{"display_name":"solo","provider":"simulated"}""";

    [Fact]
    public async Task EveryEndpoint_WithoutTheKeyOrWithAWrongOne_Is401()
    {
        // The fake clock takes away what one wrong key does to the next one.
        var clock = new ManualTimeProvider();
        await using var gateway = await Gateway.StartAsync(null, clock, null, AdminExtensions.KeyOption);

        foreach (var root in (string[])["/admin/models", "/admin/keys"])
        {
            foreach (var (method, path) in ((HttpMethod, string)[])
                     [(HttpMethod.Get, root), (HttpMethod.Post, root), (HttpMethod.Get, $"{root}/x"), (HttpMethod.Put, $"{root}/x"), (HttpMethod.Delete, $"{root}/x")])
            {
                foreach (var key in (string?[])[null, "wrong", AdminExtensions.Key + "x", AdminExtensions.Key[..^1], new string('x', 2000)])
                {
                    clock.Advance(SignInAttempts.MaxDelay);
                    (await gateway.SendAsync(method, path, method == HttpMethod.Get ? null : Solo, key))
                        .ShouldBeError(401, "authentication_error", "invalid_admin_key");
                }
            }
        }
    }

    [Theory]
    [InlineData("GET /admin/models")]
    [InlineData("GET /v1/runs/x")]
    [InlineData("POST /v1/runs/x/replay")]
    [InlineData("POST /dashboard/session")]
    public async Task WrongKeys_OneAfterTheOther_SlowTheNextDownForSecondsOnly(string endpoint)
    {
        await using var council = await Council.StartAsync(manualClock: true, more: builder => builder.AddKey("anna"), args: AdminExtensions.KeyOption);
        var (gateway, clock) = (council.Gateway, council.Clock);
        for (var count = 0; count < SignInAttempts.Free; count++)
        {
            (await TryAsync("a-wrong-key-of-somebody")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        }

        foreach (var key in (string[])["a-wrong-key-of-somebody", AdminExtensions.Key])
        {
            var slowed = await TryAsync(key);
            slowed.ShouldBeError(429, "rate_limit_error", "too_many_attempts");
            slowed.Header("retry-after").ShouldBe("1");
        }

        clock.Advance(TimeSpan.FromSeconds(1));
        (await TryAsync(AdminExtensions.Key)).Status.ShouldNotBeOneOf(HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests);
        (await TryAsync("a-wrong-key-of-somebody")).Status.ShouldBe(HttpStatusCode.Unauthorized);

        Task<Answer> TryAsync(string key)
        {
            var parts = endpoint.Split(' ');
            return parts[1].StartsWith("/dashboard", StringComparison.Ordinal)
                ? gateway.SendAsync(HttpMethod.Post, parts[1], JsonSerializer.Serialize(new { key }))
                : gateway.SendAsync(new HttpMethod(parts[0]), parts[1], parts[0] == "POST" ? "{}" : null, key);
        }
    }

    [Fact]
    public async Task WrongKeys_BesideASessionThatHasBegun_DoNotStopIt()
    {
        await using var gateway = await Gateway.StartAsync(null, new ManualTimeProvider(), null, AdminExtensions.KeyOption);
        var cookie = (await gateway.SendAsync(HttpMethod.Post, "/dashboard/session", JsonSerializer.Serialize(new { key = AdminExtensions.Key }))).Header("set-cookie")!;
        for (var count = 0; count <= SignInAttempts.Free; count++)
        {
            await gateway.GetAsync("/admin/models", "a-wrong-key-of-somebody");
        }

        var answer = await gateway.SendAsync(HttpMethod.Get, "/admin/models", null, null, ("Cookie", cookie[..cookie.IndexOf(';', StringComparison.Ordinal)]));

        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Body);
    }

    [Fact]
    public async Task KeysOfCallers_AreNoWrongAdminKeys()
    {
        await using var council = await Council.StartAsync(manualClock: true, more: builder => builder.AddKey("anna"), args: AdminExtensions.KeyOption);
        for (var count = 0; count < 2 * SignInAttempts.Free; count++)
        {
            (await council.Gateway.GetAsync("/v1/runs/x", "anna")).Status.ShouldBe(HttpStatusCode.NotFound);
        }

        (await council.Gateway.GetAsync("/admin/models", AdminExtensions.Key)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task WrongKeys_AreOneLineAMinuteWithTheirCount()
    {
        var clock = new ManualTimeProvider();
        await using var gateway = await Gateway.StartAsync(null, clock, null, AdminExtensions.KeyOption);

        for (var count = 0; count < 5; count++)
        {
            await gateway.GetAsync("/admin/models", "a-wrong-key-of-somebody");
        }

        clock.Advance(TimeSpan.FromMinutes(1));
        await gateway.GetAsync("/admin/models", "a-wrong-key-of-somebody");

        var lines = gateway.Log.Where(line => line.Contains("Wrong admin keys", StringComparison.Ordinal)).ToList();
        lines.Count.ShouldBe(2);
        lines[1].ShouldContain("5 since the last");
        gateway.Log.ShouldNotContain(line => line.Contains("a-wrong-key", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Forwarded", "for=192.0.2.1", 401)]
    [InlineData("X-Forwarded-For", "192.0.2.1", 401)]
    [InlineData("X-Forwarded-Host", "localhost", 401)]
    [InlineData("X-Real-IP", "127.0.0.1", 401)]
    [InlineData("Via", "1.1 proxy", 401)]
    [InlineData("Host", "evil.example", 401)]
    [InlineData("Origin", "https://evil.example", 401)]
    [InlineData("Origin", "null", 401)]
    [InlineData("Origin", "http://localhost:8080", 200)]
    [InlineData("Accept", "*/*", 200)]
    public async Task Keyless_OfARequestWithThatHeader_IsServedOnlyIfLocal(string header, string value, int status)
    {
        await using var gateway = await Gateway.StartAsync(null);
        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Put])
        {
            using var request = new HttpRequestMessage(method, "/admin/models/council");
            request.Headers.TryAddWithoutValidation(header, value).ShouldBeTrue();
            request.Content = method == HttpMethod.Put ? new StringContent("{}", System.Text.Encoding.UTF8, "application/json") : null;

            using var response = await gateway.Http.SendAsync(request, Now.Cancel);

            ((int)response.StatusCode).ShouldBe(status == 200 && method == HttpMethod.Put ? 422 : status);
        }
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task Keyless_WriteThatAWebPageCouldSend_Is415(string type)
    {
        await using var gateway = await Gateway.StartAsync(null);
        using var content = new StringContent(Solo, System.Text.Encoding.UTF8, type);

        using var response = await gateway.Http.PostAsync("/admin/models", content, Now.Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await gateway.GetAsync("/admin/models/solo")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Keyless_OfACallersKey_DoesNotMatter()
    {
        await using var gateway = await Gateway.StartAsync(null);
        var key = (await gateway.SendAsync(HttpMethod.Post, "/admin/keys", """{"name":"anna"}""")).Json.GetProperty("key").GetString();

        (await gateway.GetAsync("/admin/keys", key)).Status.ShouldBe(HttpStatusCode.OK);
        (await gateway.GetAsync("/v1/models")).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Run_OfAnybody_IsReadWithNamesByTheAdminKey()
    {
        await using var council = await Council.StartAsync(more: builder => builder.AddKey("anna"), args: AdminExtensions.KeyOption);
        var run = (await council.Gateway.ChatAsync(Council.Ask, "anna")).Header("x-ensemble-run-id");

        var own = await council.Gateway.GetAsync($"/v1/runs/{run}", "anna");
        var admin = await council.Gateway.GetAsync($"/v1/runs/{run}", AdminExtensions.Key);
        var wrong = await council.Gateway.GetAsync($"/v1/runs/{run}", AdminExtensions.Key + "x");

        own.Body.ShouldNotContain("quokka");
        admin.Status.ShouldBe(HttpStatusCode.OK, admin.Body);
        admin.Body.ShouldContain("quokka");
        wrong.ShouldBeError(401, "authentication_error", "invalid_api_key");
    }
}
