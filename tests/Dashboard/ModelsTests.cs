using System.Net;
using Ensemble.Dashboard.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Ensemble.Dashboard.Tests;

/// <summary>Limits and cooldowns as they stand.</summary>
public sealed class ModelsTests(Chromium chromium)
{
    private const string Shaky = """
        { "display_name": "shaky", "provider": "simulated", "retries": 0, "cooldown": { "after_failures": 1, "seconds": 300 },
          "rate_limit": { "rpm": 5, "tpm": 20000, "rpd": 50, "concurrency": 2 }, "simulated": { "failure_rate": 1, "latency_ms": 0 } }
        """;

    [Fact]
    public async Task State_ModelIsCoolingDown_CountsDownByItself()
    {
        await using var site = await Site.StartAsync();
        await site.PutAsync("models", "shaky", Shaky);
        await site.ChatAsync("shaky", status: HttpStatusCode.BadGateway);
        await using var visitor = await Visitor.EnterAsync(chromium, site, page: "models");
        var row = Row(visitor, "Models", "shaky");
        await Expect(row).ToContainTextAsync("cooling down");
        await Expect(row).ToContainTextAsync("left");

        // From here on the gateway says nothing new.
        await visitor.Page.RouteAsync("**/admin/**", static _ => Task.CompletedTask);
        var clock = row.Locator("[data-until]");
        var first = await clock.InnerTextAsync();

        await Expect(clock).Not.ToHaveTextAsync(first);
        await Expect(clock).ToContainTextAsync("left");
        await Expect(row).ToContainTextAsync("after server error");
    }

    [Fact]
    public async Task Refresh_WhileSomebodyReadsAnEntry_LeavesFocusAndPlace()
    {
        await using var site = await Site.StartAsync("--Usage:Durability", "before_answer");
        await using var visitor = await Visitor.EnterAsync(chromium, site, page: "models");
        var row = Row(visitor, "Models", "sim-swift");
        var summary = row.Locator("summary");
        await summary.FocusAsync();
        await visitor.Page.Keyboard.PressAsync("Enter");
        await Expect(row.GetByLabel("Catalog entry of sim-swift")).ToContainTextAsync("\"provider\": \"simulated\"");

        // The row changes.
        await site.ChatAsync("sim-swift");
        await Expect(Cell(row, "Requests / min")).ToHaveTextAsync("1, no limit");

        await Expect(summary).ToBeFocusedAsync();
        await Expect(row.GetByLabel("Catalog entry of sim-swift")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Cached_ShareOfAModelsPrompts_IsShown()
    {
        await using var site = await Site.StartAsync("--Usage:Durability", "before_answer");
        await site.ChatAsync("sim-swift");
        await using var visitor = await Visitor.EnterAsync(chromium, site, page: "models");
        await Expect(Cell(Row(visitor, "Models", "sim-swift"), "Cached")).ToHaveTextAsync("0 %");

        // Simulated models keep no cache.
        await visitor.Page.RouteAsync("**/admin/usage?**", static async route =>
        {
            var answer = await route.FetchAsync();
            await route.FulfillAsync(new() { Response = answer, Body = (await answer.TextAsync()).Replace("\"cached_share\":0", "\"cached_share\":0.42", StringComparison.Ordinal) });
        });
        await visitor.Page.ReloadAsync();

        await Expect(Cell(Row(visitor, "Models", "sim-swift"), "Cached")).ToHaveTextAsync("42 %");
        await Expect(Cell(Row(visitor, "Models", "sim-steady"), "Cached")).ToHaveTextAsync("–");
    }

    [Fact]
    public async Task Limits_OfEnsemblesAndKeys_AreShownWithWhatIsUsed()
    {
        await using var site = await Site.StartAsync("--Usage:Durability", "before_answer");
        await site.PutAsync("keys", "team-a", """{ "name": "team-a", "key": "a-key-of-these-tests-1", "rate_limit": { "rpm": 10 } }""");
        await site.ChatAsync("sim-swift", "a-key-of-these-tests-1");
        await using var visitor = await Visitor.EnterAsync(chromium, site, page: "models");

        var row = Row(visitor, "Keys with a limit", "team-a");
        await Expect(Cell(row, "Requests / min")).ToHaveTextAsync("1 / 10");
        await Expect(row.GetByRole(AriaRole.Meter, new() { Name = "team-a: requests this minute" })).ToHaveAttributeAsync("aria-valuenow", "10");
        await Expect(Cell(row, "Calls")).ToHaveTextAsync("1");
        await Expect(visitor.Page.GetByText("No ensemble on this page has a rate limit.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Pages_MoreThanAHundredModels_AreTurnedAndFoundByName()
    {
        var folder = Directory.CreateTempSubdirectory("ensemble-dashboard-");
        var file = Path.Combine(folder.FullName, "catalog.json");
        var models = string.Join(",\n", Enumerable.Range(1, 120).Select(number => $$"""{ "display_name": "model-{{number:000}}", "provider": "simulated" }"""));
        await File.WriteAllTextAsync(file, $$"""{ "models": [{{models}}] }""", TestContext.Current.CancellationToken);
        await using (var site = await Site.StartAsync("--Catalog:File", file))
        {
            await using var visitor = await Visitor.EnterAsync(chromium, site, page: "models");
            await Expect(Row(visitor, "Models", "model-100")).ToBeVisibleAsync();
            await Expect(Row(visitor, "Models", "model-101")).ToHaveCountAsync(0);

            await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Next page" }).ClickAsync();
            await Expect(Row(visitor, "Models", "model-101")).ToBeVisibleAsync();
            await Expect(Row(visitor, "Models", "model-100")).ToHaveCountAsync(0);
            await visitor.Page.ReloadAsync();
            await Expect(Row(visitor, "Models", "model-120")).ToBeVisibleAsync();

            await visitor.Page.GetByLabel("Find by name").FillAsync("L-00");
            await Expect(visitor.Page.GetByRole(AriaRole.Region, new() { Name = "Models" }).Locator("tbody tr")).ToHaveCountAsync(9);
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Page_WithEveryState_IsAccessibleAndFitsEverywhere()
    {
        await using var site = await Site.StartAsync("--Usage:Durability", "before_answer");
        await site.PutAsync("models", "shaky", Shaky);
        await site.PutAsync("models", "limited-council", """
            { "display_name": "limited-council", "rate_limit": { "rpm": 3, "tpm": 100000 },
              "ensemble": { "panel": [{ "model": "sim-swift" }, { "model": "sim-steady" }], "judge": { "model": "sim-judge" } } }
            """);
        await site.ChatAsync("limited-council");
        await site.ChatAsync("limited-council");
        await site.ChatAsync("limited-council");
        await site.ChatAsync("shaky", status: HttpStatusCode.BadGateway);
        await site.PutAsync("keys", "team-a", """{ "name": "team-a", "key": "a-key-of-these-tests-1", "rate_limit": { "rpm": 10 } }""");
        await using var visitor = await Visitor.EnterAsync(chromium, site, page: "models");
        await visitor.LoadEverywhereAsync(async window =>
        {
            await Expect(Cell(Row(visitor, "Models", "sim-swift"), "Calls")).ToHaveTextAsync("3");
            await visitor.Page.Locator("summary", new() { HasText = "Entry of shaky" }).ClickAsync();
            await Expect(visitor.Page.GetByLabel("Catalog entry of shaky")).ToContainTextAsync("provider");

            await visitor.InspectAsync();
            await visitor.PictureAsync($"models-{window}");
        });
    }

    private static ILocator Row(Visitor visitor, string table, string name) => visitor.Page.GetByRole(AriaRole.Region, new() { Name = table, Exact = true })
        .Locator("tbody tr", new() { Has = visitor.Page.Locator("strong").GetByText(name, new() { Exact = true }) });

    private static ILocator Cell(ILocator row, string name) => row.Locator($"td[data-name='{name}']");
}
