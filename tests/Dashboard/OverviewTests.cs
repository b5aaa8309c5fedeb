using System.Globalization;
using Ensemble.Dashboard.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Ensemble.Dashboard.Tests;

/// <summary>What a range of time took, and what to do where nothing was asked yet.</summary>
public sealed class OverviewTests(Chromium chromium)
{
    [Fact]
    public async Task FirstVisit_NothingWasAsked_SaysWhatToDo()
    {
        await using var site = await Site.StartAsync();
        await using var visitor = await Visitor.EnterAsync(chromium, site);

        await Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "Nothing has been asked yet" })).ToBeVisibleAsync();
        await Expect(visitor.Page.GetByLabel("the command", new() { Exact = true })).ToContainTextAsync($"curl {site.Url.GetLeftPart(UriPartial.Authority)}/v1/chat/completions");
        await Expect(visitor.Page.GetByLabel("the command", new() { Exact = true })).ToContainTextAsync("\"model\": \"council\"");
        await Expect(visitor.Page.GetByRole(AriaRole.Link, new() { Name = "playground", Exact = true })).ToHaveAttributeAsync("href", "#/playground");
        await visitor.InspectAsync();
        await visitor.PictureAsync("overview-first");
    }

    [Fact]
    public async Task Figures_AfterChats_AreThoseOfTheAccounts()
    {
        await using var site = await Site.StartAsync("--Usage:Durability", "before_answer");
        await site.ChatAsync("council");
        await site.ChatAsync("self-council");
        await site.ChatAsync("sim-swift");
        await using var visitor = await Visitor.EnterAsync(chromium, site);

        var models = (await site.GetAsync("admin/usage?group_by=model"))["data"]!.AsArray();
        var (sent, received) = (models.Sum(group => (long)group!["prompt_tokens"]!), models.Sum(group => (long)group!["completion_tokens"]!));
        (sent + received).ShouldBeGreaterThan(0);
        await Expect(Figure(visitor, "Tokens")).ToHaveTextAsync(Count(sent + received));
        await Expect(visitor.Page.GetByText($"{Count(sent)} in, {Count(received)} out")).ToBeVisibleAsync();
        await Expect(Figure(visitor, "Runs")).ToHaveTextAsync("3");
        await Expect(Figure(visitor, "Failed")).ToHaveTextAsync("0 %");
        var cost = models.Sum(group => (decimal)group!["known_cost_usd"]!);
        var shown = await Figure(visitor, "Cost").InnerTextAsync();
        Math.Abs(decimal.Parse(shown[1..], CultureInfo.InvariantCulture) - cost).ShouldBeLessThan(cost / 100);
        var byModel = visitor.Page.GetByRole(AriaRole.Region, new() { Name = "Cost by called model" });
        await Expect(byModel.GetByRole(AriaRole.Row)).ToHaveCountAsync(1 + models.Count);
        await Expect(visitor.Page.GetByRole(AriaRole.Region, new() { Name = "Cost by ensemble or model" }).GetByRole(AriaRole.Link, new() { Name = "self-council" }))
            .ToHaveAttributeAsync("href", "#/runs?ensemble=self-council&range=24h");
    }

    [Fact]
    public async Task Range_IsChosen_StaysInTheAddressOverAReload()
    {
        await using var site = await Site.StartAsync("--Usage:Durability", "before_answer");
        await History.WriteAsync(site, days: 3);
        await using var visitor = await Visitor.EnterAsync(chromium, site);
        var ranges = visitor.Page.GetByRole(AriaRole.Navigation, new() { Name = "Range" });
        await Expect(Figure(visitor, "Runs")).Not.ToHaveTextAsync("–");
        var ofADay = await Figure(visitor, "Runs").InnerTextAsync();

        await ranges.GetByRole(AriaRole.Link, new() { Name = "7 d" }).FocusAsync();
        await visitor.Page.Keyboard.PressAsync("Enter");
        await Expect(Figure(visitor, "Runs")).Not.ToHaveTextAsync(ofADay);
        await Expect(ranges.GetByRole(AriaRole.Link, new() { Name = "7 d" })).ToBeFocusedAsync();
        var ofAWeek = await Figure(visitor, "Runs").InnerTextAsync();
        await visitor.Page.ReloadAsync();

        visitor.Page.Url.ShouldEndWith("#/overview?range=7d");
        await Expect(ranges.GetByRole(AriaRole.Link, new() { Name = "7 d" })).ToHaveAttributeAsync("aria-current", "true");
        await Expect(Figure(visitor, "Runs")).ToHaveTextAsync(ofAWeek);
        await visitor.Page.GoBackAsync();
        await Expect(ranges.GetByRole(AriaRole.Link, new() { Name = "24 h" })).ToHaveAttributeAsync("aria-current", "true");
        await Expect(Figure(visitor, "Runs")).ToHaveTextAsync(ofADay);
    }

    [Fact]
    public async Task Chart_OpenedAsATable_HasEveryHourOfTheRange()
    {
        await using var site = await Site.StartAsync();
        await History.WriteAsync(site, days: 1);
        await using var visitor = await Visitor.EnterAsync(chromium, site, page: "overview?range=7d");

        await visitor.Page.Locator("summary", new() { HasText = "As a table: Latency" }).ClickAsync();

        // The hour that has begun is one of them. Hours without runs have a dash.
        var rows = visitor.Page.GetByRole(AriaRole.Region, new() { Name = "Latency" }).Locator("tbody tr");
        await Expect(rows).ToHaveCountAsync(7 * 24);
        await Expect(rows.Last).ToContainTextAsync("–");
        await Expect(visitor.Page.GetByRole(AriaRole.Region, new() { Name = "Latency" }).GetByRole(AriaRole.Columnheader)).ToHaveTextAsync(["Time", "p50", "p95"]);
    }

    [Fact]
    public async Task Page_WithAHistory_IsAccessibleAndFitsEverywhere()
    {
        await using var site = await Site.StartAsync("--Usage:Durability", "before_answer");
        await History.WriteAsync(site, days: 8);
        await using var visitor = await Visitor.EnterAsync(chromium, site, page: "overview?range=7d");
        var calls = visitor.Page.GetByRole(AriaRole.Region, new() { Name = "Calls as they end" }).Locator("tbody tr");
        await visitor.LoadEverywhereAsync(async window =>
        {
            await Expect(Figure(visitor, "Runs")).Not.ToHaveTextAsync("–");
            await Expect(visitor.Page.GetByText("connected", new() { Exact = true })).ToBeVisibleAsync();
            await site.ChatAsync();
            await Expect(calls).ToHaveCountAsync(4);
            await visitor.Page.Locator("svg").First.HoverAsync();

            await visitor.InspectAsync();
            await visitor.PictureAsync($"overview-{window}");
        });
        await visitor.GoAsync("overview?range=30d");
        await visitor.LoadEverywhereAsync(async window =>
        {
            await Expect(visitor.Page.GetByRole(AriaRole.Link, new() { Name = "30 d" })).ToHaveAttributeAsync("aria-current", "true");
            await Expect(Figure(visitor, "Runs")).Not.ToHaveTextAsync("–");
            await visitor.InspectAsync();
            await visitor.PictureAsync($"overview-30d-{window}");
        });
    }

    private static ILocator Figure(Visitor visitor, string name) =>
        visitor.Page.Locator(".tile", new() { Has = visitor.Page.GetByText(name, new() { Exact = true }) }).Locator("dd").First;

    private static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
