using System.Net;
using System.Text.RegularExpressions;
using Ensemble.Frontend.Tests.Admin;
using Ensemble.Frontend.Tests.Support;

namespace Ensemble.Frontend.Tests.Dashboard;

/// <summary>The dashboard's files as they are served.</summary>
public sealed partial class AssetTests
{
    [Theory]
    [InlineData("/dashboard/", "text/html; charset=utf-8")]
    [InlineData("/dashboard/app.css", "text/css; charset=utf-8")]
    [InlineData("/dashboard/app.js", "text/javascript; charset=utf-8")]
    [InlineData("/dashboard/pages/overview.js", "text/javascript; charset=utf-8")]
    [InlineData("/dashboard/icon.svg", "image/svg+xml")]
    public async Task Get_File_IsServedUnderAStrictPolicyToAnybody(string path, string type)
    {
        await using var gateway = await Gateway.StartAsync(null, null, null, AdminExtensions.KeyOption);

        var answer = await gateway.GetAsync(path);

        answer.Status.ShouldBe(HttpStatusCode.OK);
        answer.Header("content-type").ShouldBe(type);
        answer.Header("x-content-type-options").ShouldBe("nosniff");
        answer.Header("referrer-policy").ShouldBe("no-referrer");
        var policy = answer.Header("content-security-policy").ShouldNotBeNull();
        policy.ShouldStartWith("default-src 'none'; script-src 'self'; style-src 'self'");
        policy.ShouldContain("frame-ancestors 'none'");
        policy.ShouldNotContain("unsafe");
    }

    [Fact]
    public async Task Get_FileThatIsKnown_IsNotSentAgain()
    {
        await using var gateway = await Gateway.StartAsync(null);
        var tag = (await gateway.GetAsync("/dashboard/app.js")).Header("etag").ShouldNotBeNull();

        var again = await gateway.SendAsync(HttpMethod.Get, "/dashboard/app.js", null, null, ("If-None-Match", tag));
        var other = await gateway.SendAsync(HttpMethod.Get, "/dashboard/app.js", null, null, ("If-None-Match", "\"another\""));

        (again.Status, again.Body).ShouldBe((HttpStatusCode.NotModified, ""));
        other.Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Get_WithoutTheSlash_GoesToThePage()
    {
        await using var gateway = await Gateway.StartAsync(null);
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { BaseAddress = gateway.Url };

        using var answer = await http.GetAsync(new Uri("/dashboard", UriKind.Relative), Now.Cancel);

        (answer.StatusCode, answer.Headers.Location?.OriginalString).ShouldBe((HttpStatusCode.Redirect, "/dashboard/"));
    }

    [Theory]
    [InlineData("/dashboard/nothing.js")]
    [InlineData("/dashboard/pages/")]
    [InlineData("/dashboard/../openapi.json/x")]
    [InlineData("/dashboard/App.js")]
    public async Task Get_WhatIsNoFile_Is404(string path)
    {
        await using var gateway = await Gateway.StartAsync(null);

        (await gateway.GetAsync(path)).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    // A module that is imported under a name that no file has fails only in the browser, on the page that needs it.
    [Fact]
    public async Task EveryImport_NamesAFile()
    {
        await using var gateway = await Gateway.StartAsync(null);
        var seen = new HashSet<string> { "/dashboard/app.js" };
        var open = new Queue<string>(seen);
        while (open.TryDequeue(out var module))
        {
            var answer = await gateway.GetAsync(module);
            answer.Status.ShouldBe(HttpStatusCode.OK, module);
            foreach (Match import in Import().Matches(answer.Body))
            {
                var path = new Uri(new Uri(gateway.Url, module), import.Groups["path"].Value).AbsolutePath;
                if (seen.Add(path))
                {
                    open.Enqueue(path);
                }
            }
        }

        seen.Count.ShouldBeGreaterThan(10);
    }

    [GeneratedRegex("""(?:from|import)\s*\(?\s*'(?<path>\./[^']+|\.\./[^']+)'""", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Import();
}
