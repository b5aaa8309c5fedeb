using Ensemble.Dashboard.Tests.Support;
using Microsoft.Playwright;

namespace Ensemble.Dashboard.Tests;

/// <summary>Who may see the pages.</summary>
public sealed class SignInTests(Chromium chromium)
{
    private const string Key = "an-admin-key-of-these-tests";

    [Fact]
    public async Task Open_NoAdminKeyOnThisMachine_ShowsTheOverview()
    {
        await using var site = await Site.StartAsync();
        await using var visitor = await Visitor.EnterAsync(chromium, site);

        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "Overview", Level = 1 })).ToBeVisibleAsync();
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" })).ToBeHiddenAsync();
    }

    [Fact]
    public async Task SignIn_WrongKeyThenTheRightOne_SaysSoAndOpens()
    {
        await using var site = await Site.StartAsync("--Admin:Key", Key);
        await using var visitor = await Visitor.EnterAsync(chromium, site, page: "keys");
        visitor.Expected.Add("401");

        await visitor.Page.GetByLabel("Admin key").FillAsync("not-this-one");
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Assertions.Expect(visitor.Page.GetByText("This is not the admin key")).ToBeVisibleAsync();
        await visitor.InspectAsync();
        await visitor.Page.GetByLabel("Admin key").FillAsync(Key);
        await visitor.Page.Keyboard.PressAsync("Enter");

        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "Keys", Level = 1 })).ToBeVisibleAsync();
        var cookie = (await visitor.Page.Context.CookiesAsync()).ShouldHaveSingleItem();
        (cookie.Name, cookie.HttpOnly, cookie.SameSite).ShouldBe(("ensemble_session", true, SameSiteAttribute.Strict));
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" })).ToBeVisibleAsync();
        (await visitor.Page.Context.CookiesAsync()).ShouldBeEmpty();
    }
}
