using System.Net;
using Ensemble.Dashboard.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Ensemble.Dashboard.Tests;

/// <summary>Callers' keys, from the first to the last day.</summary>
public sealed class KeysTests(Chromium chromium)
{
    [Fact]
    public async Task Key_AddedUsedChangedAndDeleted_DoesWhatThePageSays()
    {
        await using var site = await Site.StartAsync("--Usage:Durability", "before_answer");
        await using var visitor = await Visitor.EnterAsync(chromium, site, page: "keys");
        visitor.Expected.Add("422");
        var page = visitor.Page;
        await Expect(page.GetByText("There are no keys")).ToBeVisibleAsync();

        // What is wrong is said where it is wrong, and nothing that was typed is lost.
        await Button(visitor, "Add a key").ClickAsync();
        await Expect(page.GetByLabel("Name", new() { Exact = true })).ToBeFocusedAsync();
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("team a");
        await page.GetByLabel("Allowed models").FillAsync("council\nsim-{swift}");
        await page.GetByLabel("Requests a minute").FillAsync("0");
        await page.GetByLabel("Monthly budget in US dollars").FillAsync("ten");
        await page.Keyboard.PressAsync("Enter");
        await Expect(Error(visitor, "Requests a minute")).ToContainTextAsync("ust be a whole number from 1 to 2147483647");
        await Expect(Error(visitor, "Monthly budget in US dollars")).ToContainTextAsync("number");
        await Expect(Error(visitor, "Allowed models")).ToContainTextAsync("sim-{swift}");
        await Expect(page.GetByLabel("Requests a minute")).ToHaveValueAsync("0");
        await Expect(page.GetByLabel("Requests a minute")).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(page.GetByLabel("Allowed models")).ToHaveValueAsync("council\nsim-{swift}");
        await visitor.InspectAsync();
        await visitor.PictureAsync("keys-wrong");

        await page.GetByLabel("Allowed models").FillAsync("council\nsim-*");
        await page.GetByLabel("Requests a minute").FillAsync("60");
        await page.GetByLabel("Monthly budget in US dollars").FillAsync("12.5");
        await page.GetByLabel("Expires").FillAsync("2031-05-06T07:08:09");
        await Button(visitor, "Add key").ClickAsync();

        // The key is shown once, and works.
        await Expect(page.GetByText("This key is not shown again.")).ToBeVisibleAsync();
        var key = await page.GetByLabel("the key", new() { Exact = true }).InnerTextAsync();
        key.ShouldStartWith("sk-ens-");
        await visitor.InspectAsync();
        await visitor.PictureAsync("keys-made");
        await Button(visitor, "I have it").ClickAsync();
        await Expect(page.GetByText(key)).ToHaveCountAsync(0);
        await Expect(Button(visitor, "Add a key")).ToBeFocusedAsync();
        await Expect(Row(visitor, "team a")).ToContainTextAsync("60 requests / min");
        await Expect(Row(visitor, "team a")).ToContainTextAsync("2031");
        await site.ChatAsync(key: key);
        await site.ChatAsync("self-council", key, HttpStatusCode.NotFound);

        // Changed: the rest stays as it was.
        await Button(visitor, "Edit team a").ClickAsync();
        await Expect(page.GetByLabel("Allowed models")).ToHaveValueAsync("council\nsim-*");
        await Expect(page.GetByLabel("Monthly budget in US dollars")).ToHaveValueAsync("12.5");
        await Expect(page.GetByLabel("Expires")).ToHaveValueAsync("2031-05-06T07:08:09");
        await page.GetByLabel("Allowed models").FillAsync("*");
        await Button(visitor, "Save changes").ClickAsync();
        await Expect(Button(visitor, "Edit team a")).ToBeFocusedAsync();
        await site.ChatAsync("self-council", key);
        var entry = (await site.GetAsync("admin/keys/team%20a"))["entry"]!;
        ((string?)entry["expires_at"]).ShouldBe("2031-05-06T07:08:09Z");
        ((decimal)entry["monthly_budget_usd"]!).ShouldBe(12.5m);

        await Button(visitor, "Disable team a").ClickAsync();
        await Expect(Row(visitor, "team a")).ToContainTextAsync("disabled");
        await site.ChatAsync(key: key, status: HttpStatusCode.Unauthorized);

        // Deleted only where that is meant.
        await Button(visitor, "Delete team a").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("It is the last key");
        await Button(visitor, "Keep it").ClickAsync();
        await Expect(Row(visitor, "team a")).ToBeVisibleAsync();
        await Button(visitor, "Delete team a").ClickAsync();
        await Button(visitor, "Delete").ClickAsync();
        await Expect(page.GetByText("There are no keys")).ToBeVisibleAsync();
        await site.ChatAsync();
    }

    [Fact]
    public async Task Edit_SomebodyElseWroteMeanwhile_SaysSoAndLosesNothing()
    {
        await using var site = await Site.StartAsync();
        await site.PutAsync("keys", "team-a", """{ "name": "team-a", "key": "a-key-of-these-tests-1" }""");
        await using var visitor = await Visitor.EnterAsync(chromium, site, page: "keys");
        visitor.Expected.Add("412");
        await Button(visitor, "Edit team-a").ClickAsync();
        await visitor.Page.GetByLabel("Requests a day").FillAsync("77");

        using (var meanwhile = await site.Http.DeleteAsync(new Uri("/admin/keys/team-a", UriKind.Relative), TestContext.Current.CancellationToken))
        {
            meanwhile.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        }

        await site.PutAsync("keys", "team-a", """{ "name": "team-a", "key": "a-key-of-these-tests-2", "disabled": true }""");
        await Button(visitor, "Save changes").ClickAsync();

        await Expect(visitor.Page.GetByText("Somebody else has changed or deleted this key since you opened it. Nothing was written.")).ToBeVisibleAsync();
        await Expect(visitor.Page.GetByLabel("Requests a day")).ToHaveValueAsync("77");
        ((bool)(await site.GetAsync("admin/keys/team-a"))["entry"]!["disabled"]!).ShouldBeTrue();
    }

    [Fact]
    public async Task Form_AnotherIsOpened_AsksBeforeWhatWasTypedIsLost()
    {
        await using var site = await Site.StartAsync();
        await site.PutAsync("keys", "team-a", """{ "name": "team-a", "key": "a-key-of-these-tests-1" }""");
        await using var visitor = await Visitor.EnterAsync(chromium, site, page: "keys");
        await Button(visitor, "Add a key").ClickAsync();
        await visitor.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("team-b");

        await Button(visitor, "Edit team-a").ClickAsync();
        await Button(visitor, "Keep it").ClickAsync();
        await Expect(visitor.Page.GetByLabel("Name", new() { Exact = true })).ToHaveValueAsync("team-b");
        await Button(visitor, "Disable team-a").ClickAsync();
        await Expect(Row(visitor, "team-a")).ToContainTextAsync("disabled");
        await Expect(visitor.Page.GetByLabel("Name", new() { Exact = true })).ToHaveValueAsync("team-b");
        await Button(visitor, "Edit team-a").ClickAsync();
        await Button(visitor, "Leave it").ClickAsync();

        await Expect(visitor.Page.GetByLabel("Name", new() { Exact = true })).ToHaveValueAsync("team-a");
    }

    [Fact]
    public async Task Page_CatalogIsAFile_OffersNoEdits()
    {
        var folder = Directory.CreateTempSubdirectory("ensemble-dashboard-");
        var file = Path.Combine(folder.FullName, "catalog.json");
        await File.WriteAllTextAsync(
            file,
            """{ "models": [{ "display_name": "m", "provider": "simulated" }], "keys": [{ "name": "team-a", "key": "a-key-of-these-tests-1" }] }""",
            TestContext.Current.CancellationToken);
        await using (var site = await Site.StartAsync("--Catalog:File", file))
        {
            await using var visitor = await Visitor.EnterAsync(chromium, site, page: "keys");

            await Expect(Row(visitor, "team-a")).ToBeVisibleAsync();
            await Expect(visitor.Page.GetByText("Keys are not edited here")).ToContainTextAsync(file);
            await Expect(visitor.Page.Locator("main").GetByRole(AriaRole.Button)).ToHaveCountAsync(0);
            await visitor.InspectAsync();
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Page_WithKeysAndTheForm_IsAccessibleAndFitsEverywhere()
    {
        await using var site = await Site.StartAsync("--Usage:Durability", "before_answer");
        await site.PutAsync("keys", "team-search", """{ "name": "team-search", "key": "a-key-of-these-tests-1", "allowed_models": ["council", "sim-*"], "rate_limit": { "rpm": 60, "tpm": 100000 }, "monthly_budget_usd": 0.01 }""");
        await site.PutAsync("keys", "team-support", """{ "name": "team-support", "key": "a-key-of-these-tests-2", "read_manifests": true, "expires_at": "2031-01-31T12:00:00Z", "monthly_budget_usd": 250 }""");
        await site.PutAsync("keys", "an-old-service-with-a-rather-long-name", """{ "name": "an-old-service-with-a-rather-long-name", "key": "a-key-of-these-tests-3", "disabled": true }""");
        await site.ChatAsync(key: "a-key-of-these-tests-1");
        await site.ChatAsync(key: "a-key-of-these-tests-2");
        await using var visitor = await Visitor.EnterAsync(chromium, site, page: "keys");
        await visitor.LoadEverywhereAsync(async window =>
        {
            await Expect(Row(visitor, "team-search").GetByRole(AriaRole.Meter)).ToBeVisibleAsync();

            await visitor.InspectAsync();
            await visitor.PictureAsync($"keys-{window}");
            await Button(visitor, "Edit team-support").ClickAsync();
            await visitor.InspectAsync();
            await visitor.PictureAsync($"keys-form-{window}");
            await Button(visitor, "Cancel").ClickAsync();
            await Button(visitor, "Delete team-support").ClickAsync();
            await visitor.InspectAsync();
            await visitor.PictureAsync($"keys-delete-{window}");
        });
    }

    private static ILocator Button(Visitor visitor, string name) => visitor.Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    private static ILocator Row(Visitor visitor, string name) => visitor.Page.GetByRole(AriaRole.Region, new() { Name = "Keys" })
        .Locator("tbody tr", new() { Has = visitor.Page.Locator("strong").GetByText(name, new() { Exact = true }) });

    private static ILocator Error(Visitor visitor, string label) => visitor.Page.Locator(".field", new() { Has = visitor.Page.GetByLabel(label) }).Locator(".error");
}
