using System.Collections.Concurrent;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Ensemble.Dashboard.Tests.Support;

/// <summary>
/// A person before a gateway's dashboard: a browser window of its own, and whatever the browser complains about. Leaving demands that it
/// complained about nothing.
/// </summary>
internal sealed class Visitor : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _complaints = new();
    private readonly IBrowserContext _context;

    private Visitor(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
        page.Console += (_, message) => Note(message.Type is "error" or "warning", $"console {message.Type}: {message.Text}");
        page.PageError += (_, error) => Note(true, $"error: {error}");
        page.Request += (_, request) => Note(!IsOwn(request.Url), $"asks elsewhere: {request.Url}");
    }

    public IPage Page { get; }

    /// <summary>What the browser complained about and a test expects, as a refused sign-in.</summary>
    public List<string> Expected { get; } = [];

    private string Root { get; init; } = "";

    public static async Task<Visitor> EnterAsync(Chromium chromium, Site site, string page = "overview")
    {
        Assert.SkipWhen(chromium.Browser is null, ChromiumPlace.Missing);
        var context = await chromium.Browser!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = site.Url.ToString(),
            ViewportSize = new ViewportSize { Width = 1280, Height = 900 },
            ColorScheme = ColorScheme.Light,
            Locale = "en-GB",
            TimezoneId = "UTC",
        });
        context.SetDefaultTimeout(Chromium.TimeoutMilliseconds);
        var visitor = new Visitor(context, await context.NewPageAsync()) { Root = site.Url.ToString() };
        await visitor.GoAsync(page);
        return visitor;
    }

    /// <param name="page">With what comes behind it, as <c>runs/0123?outcome=failed</c>.</param>
    public async Task GoAsync(string page)
    {
        await Page.GotoAsync($"/dashboard/#/{page}");
        await Page.Locator("h1").First.WaitForAsync();
    }

    /// <summary>Demands that nothing is wider than the window, and that axe finds nothing against WCAG 2 A and AA.</summary>
    public async Task InspectAsync()
    {
        (await Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth")).ShouldBe(0, "the page is wider than its window");
        var found = await Page.RunAxe(new Deque.AxeCore.Commons.AxeRunOptions
        {
            RunOnly = new Deque.AxeCore.Commons.RunOnlyOptions { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21aa"] },
        });
        found.Violations.SelectMany(rule => rule.Nodes.Select(node => $"{rule.Id}: {node.Html}")).ShouldBeEmpty();
    }

    /// <summary>Keeps a picture of the whole page where <c>DASHBOARD_PICTURES</c> names a folder.</summary>
    public async Task PictureAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("DASHBOARD_PICTURES") is { Length: > 0 } folder)
        {
            await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}.png"), FullPage = true });
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        _complaints.Where(complaint => !Expected.Exists(expected => complaint.Contains(expected, StringComparison.Ordinal))).ShouldBeEmpty();
    }

    private bool IsOwn(string url) => url.StartsWith(Root, StringComparison.Ordinal);

    private void Note(bool isComplaint, string text)
    {
        if (isComplaint)
        {
            _complaints.Enqueue(text);
        }
    }
}
