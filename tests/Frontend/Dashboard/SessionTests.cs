using System.Net;
using System.Text;
using System.Text.Json;
using Ensemble.Frontend.Callers;
using Ensemble.Frontend.Tests.Admin;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Frontend.Tests.Dashboard;

/// <summary>The cookie for which the dashboard exchanges the admin key.</summary>
public sealed class SessionTests
{
    private const string SessionPath = "/dashboard/session";
    private const string Solo = """{"display_name":"solo","provider":"simulated"}""";

    private static readonly (string, string) SameOrigin = ("Sec-Fetch-Site", "same-origin");

    [Fact]
    public async Task Session_OfTheAdminKey_OpensTheAdminEndpointsUntilItEnds()
    {
        var clock = new ManualTimeProvider();
        await using var gateway = await Gateway.StartAsync(null, clock, null, AdminExtensions.KeyOption);
        using var browser = new Browser(gateway);

        var (status, _) = await browser.SignInAsync(AdminExtensions.Key);

        status.ShouldBe(HttpStatusCode.OK);
        browser.Cookie.ShouldNotBeNull().ShouldContain("httponly", Case.Insensitive);
        browser.Cookie.ShouldContain("samesite=strict", Case.Insensitive);
        browser.Cookie.ShouldContain("path=/", Case.Insensitive);
        browser.Cookie.ShouldNotContain("secure", Case.Insensitive);
        (await browser.SendAsync(HttpMethod.Get, "/admin/models")).Status.ShouldBe(HttpStatusCode.OK);
        (await browser.SendAsync(HttpMethod.Get,
            SessionPath)).Body.ShouldBe("""{"object":"dashboard.session","needs_key":true,"open":true,"captures_content":false}""");
        clock.Advance(DashboardSessions.Lifetime - TimeSpan.FromSeconds(1));
        (await browser.SendAsync(HttpMethod.Get, "/admin/models")).Status.ShouldBe(HttpStatusCode.OK);
        clock.Advance(TimeSpan.FromSeconds(1));
        (await browser.SendAsync(HttpMethod.Get, "/admin/models")).ShouldBeError(401, "authentication_error", "invalid_admin_key");
        (await browser.SendAsync(HttpMethod.Get,
            SessionPath)).Body.ShouldBe("""{"object":"dashboard.session","needs_key":true,"open":false,"captures_content":false}""");
    }

    [Fact]
    public async Task Session_OfAnotherFrontendWithTheSameKey_Holds()
    {
        await using var first = await Gateway.StartAsync(null, null, null, AdminExtensions.KeyOption);
        await using var second = await Gateway.StartAsync(null, null, null, AdminExtensions.KeyOption);
        await using var other = await Gateway.StartAsync(null, null, null, "--Admin:Key", "another-admin-key-0123456789");
        using var browser = new Browser(first);
        await browser.SignInAsync(AdminExtensions.Key);

        (await browser.SendAsync(HttpMethod.Get, new Uri(second.Url, "/admin/keys").ToString())).Status.ShouldBe(HttpStatusCode.OK);
        (await browser.SendAsync(HttpMethod.Get, new Uri(other.Url, "/admin/keys").ToString())).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Session_ThatWasChangedAnywhere_IsNone()
    {
        await using var gateway = await Gateway.StartAsync(null, null, null, AdminExtensions.KeyOption);
        using var browser = new Browser(gateway);
        await browser.SignInAsync(AdminExtensions.Key);
        var session = browser.Session.ShouldNotBeNull();

        for (var place = 0; place < session.Length; place++)
        {
            var other = session[place] == 'A' ? 'Q' : 'A';
            browser.Session = $"{session[..place]}{other}{session[(place + 1)..]}";
            (await browser.SendAsync(HttpMethod.Get, "/admin/keys")).Status.ShouldBe(HttpStatusCode.Unauthorized, $"changed at {place}");
        }

        foreach (var none in (string[])["x", session[..^4], session + "AAAA", new string('A', session.Length), "%00"])
        {
            browser.Session = none;
            (await browser.SendAsync(HttpMethod.Get, "/admin/keys")).Status.ShouldBe(HttpStatusCode.Unauthorized, none);
        }
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "same-origin", true)]
    [InlineData("Sec-Fetch-Site", "same-site", false)]
    [InlineData("Sec-Fetch-Site", "cross-site", false)]
    [InlineData("Sec-Fetch-Site", "none", false)]
    [InlineData("Origin", "http://HOST", true)]
    [InlineData("Origin", "http://127.0.0.1:1", false)]
    [InlineData("Origin", "https://evil.example", false)]
    [InlineData("Origin", "null", false)]
    [InlineData("Accept", "*/*", false)]
    public async Task Edit_WithASession_IsMadeForThePageItselfOnly(string header, string value, bool isMade)
    {
        await using var gateway = await Gateway.StartAsync(null, null, null, AdminExtensions.KeyOption);
        using var browser = new Browser(gateway);
        await browser.SignInAsync(AdminExtensions.Key);

        var answer = await browser.SendAsync(HttpMethod.Post, "/admin/models", Solo, (header, value.Replace("HOST", gateway.Url.Authority, StringComparison.Ordinal)));

        answer.Status.ShouldBe(isMade ? HttpStatusCode.Created : HttpStatusCode.Unauthorized, answer.Body);
    }

    [Fact]
    public async Task SignIn_ThatCannotBe_SaysWhy()
    {
        await using var gateway = await Gateway.StartAsync(null, null, null, AdminExtensions.KeyOption);
        await using var keyless = await Gateway.StartAsync(null);
        using var browser = new Browser(gateway);
        using var local = new Browser(keyless);

        (await browser.SignInAsync("wrong")).Answer.ShouldBeError(401, "authentication_error", "invalid_admin_key");
        (await browser.SendAsync(HttpMethod.Post, SessionPath, """{"kez":"x"}""")).ShouldBeError(400, "invalid_request_error", null, "key");
        (await browser.SendAsync(HttpMethod.Post, SessionPath, "[")).ShouldBeError(400, "invalid_request_error", null, "key");
        (await browser.SendAsync(HttpMethod.Post, SessionPath,
            $$"""{"key":"{{new string('x', 9000)}}"}""")).Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await browser.SendAsync(HttpMethod.Get,
            SessionPath)).Body.ShouldBe("""{"object":"dashboard.session","needs_key":true,"open":false,"captures_content":false}""");
        browser.Cookie.ShouldBeNull();
        (await local.SignInAsync("any")).Answer.ShouldBeError(409, "invalid_request_error", "no_admin_key");
        (await local.SendAsync(HttpMethod.Get,
            SessionPath)).Body.ShouldBe("""{"object":"dashboard.session","needs_key":false,"open":true,"captures_content":false}""");
        (await local.SendAsync(HttpMethod.Get, SessionPath, null,
            ("X-Forwarded-For", "192.0.2.1"))).Body.ShouldBe("""{"object":"dashboard.session","needs_key":false,"open":false,"captures_content":false}""");
    }

    [Fact]
    public async Task SignIn_BehindTls_GetsACookieForTlsOnly()
    {
        await using var gateway = await Gateway.StartAsync(null, null, null, AdminExtensions.KeyOption);
        using var browser = new Browser(gateway);

        await browser.SignInAsync(AdminExtensions.Key, ("X-Forwarded-Proto", "https"));

        browser.Cookie.ShouldNotBeNull().ShouldContain("secure", Case.Insensitive);
    }

    [Fact]
    public async Task SignOut_TellsTheBrowserToForget()
    {
        await using var gateway = await Gateway.StartAsync(null, null, null, AdminExtensions.KeyOption);
        using var browser = new Browser(gateway);
        await browser.SignInAsync(AdminExtensions.Key);
        var session = browser.Session;

        (await browser.SendAsync(HttpMethod.Delete, SessionPath, null,
            ("Sec-Fetch-Site", "cross-site"))).Header("set-cookie").ShouldBeNull();
        var answer = await browser.SendAsync(HttpMethod.Delete, SessionPath, null, SameOrigin);

        answer.Status.ShouldBe(HttpStatusCode.NoContent);
        answer.Header("set-cookie").ShouldNotBeNull().ShouldContain("expires=Thu, 01 Jan 1970");
        session.ShouldNotBeNull();
    }

    [Fact]
    public async Task Session_ReadsEveryRunsManifest()
    {
        await using var council = await Council.StartAsync(more: catalog => catalog.AddKey("anna"), args: AdminExtensions.KeyOption);
        using var browser = new Browser(council.Gateway);
        await browser.SignInAsync(AdminExtensions.Key);
        var run = (await council.Gateway.ChatAsync(Council.Ask, key: "anna")).Header("x-ensemble-run-id");

        (await browser.SendAsync(HttpMethod.Get, $"/v1/runs/{run}")).Body.ShouldContain("quokka");
        browser.Session = null;
        (await browser.SendAsync(HttpMethod.Get, $"/v1/runs/{run}")).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Manifest_KeysButNoAdminKey_IsForThisMachinesOwnUserAsTheAdminEndpointsAre()
    {
        await using var council = await Council.StartAsync(more: catalog => catalog.AddKey("anna").AddKey("bert"));
        using var browser = new Browser(council.Gateway);
        var run = (await council.Gateway.ChatAsync(Council.Ask, key: "anna")).Header("x-ensemble-run-id");

        (await browser.SendAsync(HttpMethod.Get, $"/v1/runs/{run}")).Body.ShouldContain("quokka");
        (await browser.SendAsync(HttpMethod.Get, $"/v1/runs/{run}", null, ("X-Forwarded-For", "192.0.2.1"))).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await council.Gateway.GetAsync($"/v1/runs/{run}", "bert")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    /// <summary>Keeps a cookie as a browser does, and shows it.</summary>
    private sealed class Browser(Gateway gateway) : IDisposable
    {
        private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false }) { BaseAddress = gateway.Url };

        public string? Cookie { get; private set; }

        public string? Session { get; set; }

        public async Task<(HttpStatusCode Status, Answer Answer)> SignInAsync(string key, params (string Name, string Value)[] headers)
        {
            var answer = await SendAsync(HttpMethod.Post, SessionPath, JsonSerializer.Serialize(new { key }), headers);
            if (answer.Header("set-cookie") is { } cookie)
            {
                Cookie = cookie;
                Session = cookie[(cookie.IndexOf('=', StringComparison.Ordinal) + 1)..cookie.IndexOf(';', StringComparison.Ordinal)];
            }

            return (answer.Status, answer);
        }

        public async Task<Answer> SendAsync(HttpMethod method, string path, string? json = null, params (string Name, string Value)[] headers)
        {
            using var request = new HttpRequestMessage(method, path);
            if (json is not null)
            {
                request.Content = new StringContent(json, Encoding.UTF8, "application/json");
            }

            foreach (var (name, value) in headers)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }

            if (Session is not null)
            {
                request.Headers.TryAddWithoutValidation("Cookie", $"{DashboardCookie.Name}={Session}");
            }

            using var response = await _http.SendAsync(request, Now.Cancel);
            return await Answer.ReadAsync(response);
        }

        public void Dispose() => _http.Dispose();
    }
}
