using System.Globalization;
using Ensemble.Dashboard.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Ensemble.Dashboard.Tests;

/// <summary>A day with the dashboard, from the first ensemble to the second thoughts about its answer.</summary>
public sealed class StoryTests(Chromium chromium)
{
    [Fact]
    public async Task Dashboard_FromAnEnsembleToItsReplay_LeadsAllTheWay()
    {
        await using var site = await Site.StartAsync("--Replay:StoreAnswers", "true", "--Security:MasterKey", new string('7', 64));
        await using var visitor = await Visitor.EnterAsync(chromium, site, page: "ensembles");
        visitor.Expected.Add("422");
        var page = visitor.Page;

        // Made, at first with mistakes.
        await page.GetByRole(AriaRole.Link, new() { Name = "New ensemble" }).ClickAsync();
        var name = page.GetByLabel("Name");
        await name.FillAsync("my team");
        await Expect(name).ToHaveAttributeAsync("aria-invalid", "true");
        await name.FillAsync("my-team");
        await Expect(name).Not.ToHaveAttributeAsync("aria-invalid", "true");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add member" }).ClickAsync();
        var members = page.Locator(".members").GetByLabel("Model");
        string[] panel = ["sim-swift", "sim-steady", "sim-scholar"];
        for (var index = 0; index < panel.Length; index++)
        {
            await members.Nth(index).SelectOptionAsync(panel[index]);
        }

        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        var judge = page.Locator("section", new() { HasText = "Judge" }).GetByLabel("Model").Last;
        await Expect(judge).ToBeFocusedAsync();
        await Expect(judge).ToHaveAttributeAsync("aria-invalid", "true");
        await visitor.InspectEverywhereAsync("story-wrong");
        await judge.SelectOptionAsync("sim-judge");
        await Expect(judge).Not.ToHaveAttributeAsync("aria-invalid", "true");

        // What it may cost.
        var quote = page.GetByRole(AriaRole.Region, new() { Name = "Quote" });
        await Expect(quote).ToContainTextAsync("Highest cost of a question of 200 tokens");
        await Expect(quote).ToContainTextAsync("4 calls.");
        var cost = await quote.Locator(".quote-cost").TextContentAsync();
        cost.ShouldStartWith("$");
        await quote.GetByLabel("Tokens of the question").FillAsync("20000");
        await Expect(quote.Locator(".quote-cost")).Not.ToHaveTextAsync(cost!);
        await visitor.InspectEverywhereAsync("story-quote");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "my-team", Level = 1 })).ToBeVisibleAsync();

        // Asked.
        await page.GetByRole(AriaRole.Link, new() { Name = "Ask it" }).ClickAsync();
        await page.GetByLabel("Message", new() { Exact = true }).FillAsync("What is 17 * 23?");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        await Expect(page.Locator(".calls li")).ToHaveCountAsync(3);
        await Expect(page.Locator(".answer-text")).ToContainTextAsync("391");
        await Expect(page.Locator(".calls li", new() { HasText = "done" })).ToHaveCountAsync(4);

        // Found, and looked into.
        await page.GetByRole(AriaRole.Link, new() { Name = "Runs", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Runs", Level = 1 })).ToBeVisibleAsync();
        await page.GetByLabel("Ensemble or model").FillAsync("my-team");
        await page.Keyboard.PressAsync("Enter");
        var rows = page.Locator("tbody tr");
        await Expect(rows).ToHaveCountAsync(1);
        await rows.GetByRole(AriaRole.Link).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Run of my-team" })).ToBeVisibleAsync();
        var run = Pattern.Of("[0-9a-f]{32}").Match(page.Url).Value;
        var calls = (await site.GetAsync($"v1/runs/{run}"))["sub_calls"]!.AsArray();
        await Expect(page.Locator(".waterfall-row")).ToHaveCountAsync(calls.Count);

        // Answered again, in another way.
        await page.GetByLabel("Strategy").SelectOptionAsync("vote");
        await page.GetByRole(AriaRole.Button, new() { Name = "Replay" }).ClickAsync();
        var answer = page.GetByRole(AriaRole.Article, new() { Name = "Answer of the replay" });
        await Expect(answer).ToContainTextAsync("391");
        await visitor.InspectEverywhereAsync("story-replay");
        await answer.GetByRole(AriaRole.Link, new() { Name = "Its run" }).ClickAsync();
        await Expect(page.GetByText("replay of")).ToBeVisibleAsync();
        await Expect(page.Locator(".bar-part.remembered")).ToHaveCountAsync(3);
        await visitor.InspectEverywhereAsync("story-replayed");

        // What it has cost so far: the answer, for a vote over what is stored costs nothing.
        await page.GetByRole(AriaRole.Link, new() { Name = "Overview", Exact = true }).ClickAsync();
        var row = page.GetByRole(AriaRole.Region, new() { Name = "Cost by ensemble or model" }).GetByRole(AriaRole.Row).Filter(new() { HasText = "my-team" });
        await Expect(row).ToContainTextAsync("$");
        var spent = (decimal)(await site.GetAsync("admin/usage?group_by=ensemble&ensemble=my-team"))["data"]!.AsArray().Single()!["cost_usd"]!;
        spent.ShouldBe(calls.Sum(call => (decimal)call!["cost_usd"]!));
        var shown = decimal.Parse(Pattern.Of(@"(?<=\$)[0-9.]+").Match(await row.InnerTextAsync()).Value, CultureInfo.InvariantCulture);
        Math.Abs(shown - spent).ShouldBeLessThan(spent / 100);
    }

    [Fact]
    public async Task Replay_AnswersAreNotStored_SaysHowToStoreThem()
    {
        await using var site = await Site.StartAsync();
        var run = await site.AskAsync("council", "What is 17 * 23?");
        await using var visitor = await Visitor.EnterAsync(chromium, site, page: $"runs/{run}");
        visitor.Expected.Add("404");

        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Replay" }).ClickAsync();

        await Expect(visitor.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Replay:StoreAnswers");
        await visitor.InspectAsync();
    }
}
