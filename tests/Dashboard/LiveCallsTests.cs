using System.Globalization;
using Ensemble.Dashboard.Tests.Support;
using Ensemble.Testing;
using Ensemble.Usage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Ensemble.Dashboard.Tests;

/// <summary>The live feed of calls.</summary>
public sealed class LiveCallsTests(Chromium chromium)
{
    private const int Max = 200;

    [Fact]
    public async Task Feed_ChatsEnd_ShowsTheirCalls()
    {
        await using var site = await Site.StartAsync();
        await using var visitor = await EnterAsync(site);

        await site.ChatAsync();

        await Expect(Rows(visitor)).ToHaveCountAsync(4);
        await Expect(Rows(visitor).First).ToContainTextAsync("sim-judge");
        await Expect(Rows(visitor).First).ToContainTextAsync("council");
        var run = await Rows(visitor).First.GetByRole(AriaRole.Link).GetAttributeAsync("href");
        RunId.TryParse(run!["#/runs/".Length..], out _).ShouldBeTrue(run);
        await visitor.InspectAsync();
    }

    [Fact]
    public async Task Pause_CallsEndMeanwhile_ShowsThemAfterIt()
    {
        await using var site = await Site.StartAsync();
        await using var visitor = await EnterAsync(site);
        var pause = visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Pause" });

        await pause.ClickAsync();
        await site.ChatAsync("sim-swift");
        await Expect(visitor.Page.GetByText("1 call seen, 1 held back")).ToBeVisibleAsync();
        await Expect(Rows(visitor)).ToHaveCountAsync(0);
        await pause.ClickAsync();

        await Expect(Rows(visitor)).ToHaveCountAsync(1);
        await Expect(visitor.Page.GetByText("1 call seen", new() { Exact = true })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Filter_ByModel_ShowsThisModelAloneAndStaysInTheAddress()
    {
        await using var site = await Site.StartAsync();
        await using var visitor = await EnterAsync(site);

        await visitor.Page.GetByLabel("Called model", new() { Exact = true }).FillAsync("sim-judge");
        await visitor.Page.Keyboard.PressAsync("Tab");
        await Expect(visitor.Page.GetByText("connected", new() { Exact = true })).ToBeVisibleAsync();
        await visitor.Page.ReloadAsync();
        await Expect(visitor.Page.GetByLabel("Called model", new() { Exact = true })).ToHaveValueAsync("sim-judge");
        await Expect(visitor.Page.GetByText("connected", new() { Exact = true })).ToBeVisibleAsync();
        await site.ChatAsync();

        await Expect(Rows(visitor)).ToHaveCountAsync(1);
        await Expect(Rows(visitor)).ToContainTextAsync("sim-judge");
    }

    [Fact]
    public async Task Feed_FiftyThousandCalls_KeepsItsSizeAndShowsTheLast()
    {
        const int Calls = 50_000;
        const int Burst = 2_000;
        await using var site = await Site.StartAsync();
        await using var visitor = await EnterAsync(site);
        var browser = await visitor.Page.Context.NewCDPSessionAsync(visitor.Page);
        var sink = site.Services.GetRequiredService<IUsageSink>();
        var template = TestUsage.SubCall(RunId.New());
        var last = template.Run;
        (double Heap, int Nodes) before = default;

        for (var sent = 0; sent < Calls; sent += Burst)
        {
            for (var index = sent; index < sent + Burst; index++)
            {
                last = RunId.New();
                sink.Append(template with { Run = last, Model = $"model-{index % 10}", StartedAt = TimeProvider.System.GetUtcNow() });
            }

            await Expect(visitor.Page.GetByText($"{(sent + Burst).ToString("N0", CultureInfo.InvariantCulture)} calls seen")).ToBeVisibleAsync();
            if (sent == 0)
            {
                before = await MeasureAsync(browser);
            }
        }

        await Expect(Rows(visitor).First.GetByRole(AriaRole.Link)).ToHaveAttributeAsync("href", $"#/runs/{last}");
        await Expect(Rows(visitor)).ToHaveCountAsync(Max);
        var after = await MeasureAsync(browser);
        after.Heap.ShouldBeLessThan(before.Heap + (3 * 1024 * 1024));
        after.Nodes.ShouldBeLessThan(before.Nodes + 500);
        (await visitor.Page.EvaluateAsync<int>("document.getElementsByTagName('*').length")).ShouldBeLessThan(4_000);
    }

    /// <summary>What the page holds after all garbage is gone: bytes of heap, and nodes, those without a place in the page too.</summary>
    private static async Task<(double Heap, int Nodes)> MeasureAsync(ICDPSession browser)
    {
        await browser.SendAsync("HeapProfiler.collectGarbage");
        var heap = await browser.SendAsync("Runtime.getHeapUsage");
        var counters = await browser.SendAsync("Memory.getDOMCounters");
        return (heap!.Value.GetProperty("usedSize").GetDouble(), counters!.Value.GetProperty("nodes").GetInt32());
    }

    private static ILocator Rows(Visitor visitor) => visitor.Page.GetByRole(AriaRole.Region, new() { Name = "Calls as they end" }).Locator("tbody tr");

    private async Task<Visitor> EnterAsync(Site site)
    {
        var visitor = await Visitor.EnterAsync(chromium, site);
        await Expect(visitor.Page.GetByText("connected", new() { Exact = true })).ToBeVisibleAsync();
        return visitor;
    }
}
