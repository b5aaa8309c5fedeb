using Ensemble.Dashboard.Tests.Support;
using Ensemble.Testing;
using Ensemble.Usage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Ensemble.Dashboard.Tests;

/// <summary>What an ensemble is worth, and whether its answers are right.</summary>
public sealed class ValueTests(Chromium chromium)
{
    private static readonly int[] Widths = [390, 1024, 1440];

    [Fact]
    public async Task Value_OfAnEnsemble_IsReachedFromItsListAndSaysWhatToDo()
    {
        await using var site = await Site.StartAsync();
        await WriteAsync(site, 400);
        await using var visitor = await Visitor.EnterAsync(chromium, site, page: "ensembles");

        await visitor.Page.GetByRole(AriaRole.Link, new() { Name = "Value of council", Exact = true }).ClickAsync();

        await Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "Value of council" })).ToBeVisibleAsync();
        await Expect(visitor.Page.Locator(".sentence")).ToContainTextAsync("drop d: a vote without it decides otherwise in 0.0 % of 400");
        var rows = visitor.Page.GetByRole(AriaRole.Region, new() { Name = "Members", Exact = true }).Locator("tbody tr");
        await Expect(rows).ToHaveCountAsync(4);
        await Expect(rows.Nth(3)).ToContainTextAsync("usable 400 of 400");
        await Expect(visitor.Page.GetByRole(AriaRole.Img, new() { NameRegex = Pattern.Of("^Agreement: a and b ") })).ToBeVisibleAsync();
        await Expect(visitor.Page.Locator(".heat rect")).ToHaveCountAsync(16);
        await visitor.InspectEverywhereAsync("value");
        foreach (var width in Widths)
        {
            await visitor.Page.SetViewportSizeAsync(width, 900);
            await visitor.InspectAsync();
        }

        await visitor.Page.GetByRole(AriaRole.Navigation, new() { Name = "Range" }).GetByText("24 hours").ClickAsync();

        await Expect(visitor.Page).ToHaveURLAsync(Pattern.Of("range=day"));
        await Expect(visitor.Page.Locator(".sentence")).ToContainTextAsync("too few runs to tell");
        await visitor.Page.GoBackAsync();
        await Expect(visitor.Page.Locator(".sentence")).ToContainTextAsync("drop d");
    }

    [Fact]
    public async Task Feedback_OnARunsPage_IsKeptChangedAndInTheEnsemblesValue()
    {
        await using var site = await Site.StartAsync("--Usage:Durability", "before_answer");
        var run = await site.AskAsync("council", "What is 17 * 23?");
        await using var visitor = await Visitor.EnterAsync(chromium, site, page: $"runs/{run}");
        var (right, wrong) = (Button(visitor, "Right"), Button(visitor, "Wrong"));
        await Expect(right).ToHaveAttributeAsync("aria-pressed", "false");

        await right.ClickAsync();
        await Expect(right).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(visitor.Page.GetByText("You said so at")).ToBeVisibleAsync();
        await wrong.FocusAsync();
        await visitor.Page.Keyboard.PressAsync("Enter");
        await Expect(wrong).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(right).ToHaveAttributeAsync("aria-pressed", "false");
        await visitor.InspectEverywhereAsync("feedback");
        await visitor.Page.ReloadAsync();
        await Expect(wrong).ToHaveAttributeAsync("aria-pressed", "true");

        await visitor.GoAsync("ensembles/council?value=yes");
        var figure = visitor.Page.Locator(".tile", new() { HasText = "Right" });
        await Expect(figure).ToContainTextAsync("of 1 with feedback");
        await Expect(figure).ToContainTextAsync("0 %");
        await Expect(visitor.Page.Locator(".sentence")).ToContainTextAsync("too few runs to tell");
        await visitor.InspectAsync();
    }

    [Fact]
    public async Task Value_OfAnUnknownEnsemble_SaysSo()
    {
        await using var site = await Site.StartAsync();
        await using var visitor = await Visitor.EnterAsync(chromium, site, page: "ensembles/nobody?value=yes");
        visitor.Expected.Add("404");

        await Expect(visitor.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("nobody");
    }

    private static ILocator Button(Visitor visitor, string name) => visitor.Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    /// <summary>Three that err by themselves, and a fourth that nobody ever agrees with, until a week ago.</summary>
    private static Task WriteAsync(Site site, int runs)
    {
        var random = new Random(17);
        var end = TimeProvider.System.GetUtcNow().AddDays(-7);
        return site.Services.GetRequiredService<IUsageStore>().WriteAsync(
            new UsageBatch([], [.. Enumerable.Range(0, runs).Select(run =>
            {
                int?[] clusters = [Draw(0.85), Draw(0.75), Draw(0.7), 9];
                return RunRecord.Of(TestPanels.Run(
                    clusters, clusters.Count(static cluster => cluster == 0) >= 2 ? 0 : 1, costs: [0.001m, 0.001m, 0.002m, 0.004m], startedAt: end.AddHours(-run)));
            })]),
            TestContext.Current.CancellationToken);

        int Draw(double right) => random.NextDouble() < right ? 0 : 1;
    }
}
