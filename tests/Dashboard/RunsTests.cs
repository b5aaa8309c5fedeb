using Ensemble.Dashboard.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Ensemble.Dashboard.Tests;

/// <summary>The search for runs, and one of them.</summary>
public sealed class RunsTests(Chromium chromium)
{
    private const string Quick = """{"display_name":"quick","provider":"simulated","simulated":{"latency_ms":0,"tokens_per_second":0}}""";

    private const string Broken = """{"display_name":"broken","provider":"simulated","retries":0,"price":{"input_per_million":1,"output_per_million":1},"simulated":{"latency_ms":0,"failure_rate":1}}""";

    [Fact]
    public async Task Search_ByWhatBecameOfThem_ShowsThoseThatFitAndKeepsItInTheAddress()
    {
        await using var site = await Site.StartAsync();
        await site.PutAsync("models", "broken", Broken);
        await site.PutAsync("models", "hopeless", """{"display_name":"hopeless","ensemble":{"strategy":"vote","panel":[{"model":"broken"},{"model":"broken","temperature":0.5}]}}""");
        await site.AskAsync("council", "What is 17 * 23?");
        var failed = await site.AskAsync("hopeless", "What is 17 * 23?");
        await site.AwaitRunsAsync(2);
        await using var visitor = await Visitor.EnterAsync(chromium, site, page: "runs");
        var rows = visitor.Page.Locator("tbody tr");
        await Expect(rows).ToHaveCountAsync(2);
        await Expect(rows.First).ToContainTextAsync("hopeless");
        await visitor.InspectEverywhereAsync("runs");

        await visitor.Page.GetByLabel("Outcome").SelectOptionAsync("panel_below_quorum");
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Search" }).ClickAsync();

        await Expect(rows).ToHaveCountAsync(1);
        await Expect(visitor.Page).ToHaveURLAsync(Pattern.Of("outcome=panel_below_quorum"));
        await visitor.Page.ReloadAsync();
        await Expect(rows).ToHaveCountAsync(1);
        await Expect(visitor.Page.GetByLabel("Outcome")).ToHaveValueAsync("panel_below_quorum");
        await rows.GetByRole(AriaRole.Link).ClickAsync();
        await Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "Run of hopeless" })).ToBeVisibleAsync();
        await Expect(visitor.Page.GetByText("Too few members of the panel answered.")).ToBeVisibleAsync();
        await Expect(visitor.Page.Locator("code", new() { HasText = failed })).ToBeVisibleAsync();
        await Expect(visitor.Page.Locator(".waterfall-row").First).ToContainTextAsync("server error");
    }

    [Fact]
    public async Task Search_ByAgreementCallerAndId_AsksForExactlyThat()
    {
        await using var site = await Site.StartAsync();
        var run = await site.AskAsync("council", "What is 17 * 23?");
        await site.AskAsync("sim-swift", "What is 17 * 23?");
        await site.AwaitRunsAsync(2);
        await using var visitor = await Visitor.EnterAsync(chromium, site, page: "runs");
        var rows = visitor.Page.Locator("tbody tr");
        await Expect(rows).ToHaveCountAsync(2);

        await visitor.Page.GetByText("More to look for").ClickAsync();
        await visitor.Page.GetByLabel("Agreement from").FillAsync("0.1");
        await visitor.Page.GetByLabel("Caller").SelectOptionAsync("none");
        await visitor.Page.GetByLabel("Id begins with").FillAsync(run[..20]);
        await visitor.Page.Keyboard.PressAsync("Enter");
        await Expect(rows).ToHaveCountAsync(1);
        await Expect(rows).ToContainTextAsync(run[^8..]);
        await Expect(visitor.Page.GetByLabel("Caller")).ToHaveValueAsync("none");

        await visitor.Page.GetByRole(AriaRole.Link, new() { Name = "Clear" }).ClickAsync();
        await Expect(rows).ToHaveCountAsync(2);
        await visitor.Page.GetByLabel("Ensemble or model").FillAsync("nobody");
        await visitor.Page.Keyboard.PressAsync("Enter");
        await Expect(visitor.Page.GetByText("Nothing fits.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Search_AgreementThatIsNone_SaysSoAtItsField()
    {
        await using var site = await Site.StartAsync();
        await using var visitor = await Visitor.EnterAsync(chromium, site, page: "runs?min_agreement=much");
        visitor.Expected.Add("400");

        var field = visitor.Page.GetByLabel("Agreement from");
        await Expect(field).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(field).ToHaveAccessibleDescriptionAsync(Pattern.Of("min_agreement"));
        await visitor.InspectAsync();
    }

    [Fact]
    public async Task Search_MoreThanAPage_GoesOnWhereItStood()
    {
        await using var site = await Site.StartAsync();
        await site.PutAsync("models", "quick", Quick);
        for (var asked = 0; asked < 53; asked++)
        {
            await site.AskAsync("quick", "Hello");
        }

        await site.AwaitRunsAsync(53);
        await using var visitor = await Visitor.EnterAsync(chromium, site, page: "runs");
        await Expect(visitor.Page.Locator("tbody tr")).ToHaveCountAsync(50);

        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "More", Exact = true }).ClickAsync();

        await Expect(visitor.Page.Locator("tbody tr")).ToHaveCountAsync(53);
        await Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "53 runs" })).ToBeVisibleAsync();
        await Expect(visitor.Page.Locator("tbody tr").Nth(50).GetByRole(AriaRole.Link)).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Run_OfAPanel_HasABarForEachCallOnOneAxis()
    {
        await using var site = await Site.StartAsync("--Telemetry:CaptureContent", "true");
        var run = await site.AskAsync("council", "What is 17 * 23?", stream: true);
        await using var visitor = await Visitor.EnterAsync(chromium, site, page: $"runs/{run}");
        var calls = (await site.GetAsync($"v1/runs/{run}"))["sub_calls"]!.AsArray();

        await Expect(visitor.Page.Locator(".waterfall-row")).ToHaveCountAsync(calls.Count);
        await Expect(visitor.Page.Locator(".waterfall-row", new() { HasText = "sim-judge" }).Locator(".bar-part")).ToHaveCountAsync(2);
        await Expect(visitor.Page.GetByText("Panel closed after")).ToBeVisibleAsync();
        await Expect(visitor.Page.GetByRole(AriaRole.Region, new() { Name = "Candidates" }).GetByText("391").First).ToBeVisibleAsync();
        var tracks = await visitor.Page.Locator(".waterfall-rows .waterfall-track").EvaluateAllAsync<double[]>("all => all.map(one => one.getBoundingClientRect().left)");
        tracks.Distinct().ShouldHaveSingleItem("all bars begin at one axis");
        await visitor.InspectEverywhereAsync("run");

        await visitor.Page.GetByText("The manifest as JSON").ClickAsync();
        await Expect(visitor.Page.GetByLabel("The manifest as JSON")).ToContainTextAsync($"\"id\": \"{run}\"");
    }

    [Fact]
    public async Task Run_ContentCaptured_ShowsTheAnswersSideBySideAndWhereTheyDiffer()
    {
        await using var site = await Site.StartAsync("--Telemetry:CaptureContent", "true");
        await site.PutAsync("models", "paris", Saying("paris", "**Paris** is it.\\n\\n- first\\n- second"));
        await site.PutAsync("models", "lyon", Saying("lyon", "<img src=x onerror=alert(1)> [link](javascript:alert(1)) Lyon is it."));
        await site.PutAsync("models", "pair", """{"display_name":"pair","ensemble":{"strategy":"synthesize","judge":{"model":"sim-judge"},"panel":[{"model":"paris"},{"model":"lyon"}]}}""");
        var run = await site.AskAsync("pair", "Which city?", stream: true);
        await using var visitor = await Visitor.EnterAsync(chromium, site, page: $"runs/{run}");
        var said = visitor.Page.Locator("section.panel", new() { HasText = "What was said" });

        await Expect(said.GetByRole(AriaRole.Region, new() { Name = "Question" })).ToContainTextAsync("Which city?");
        await Expect(said.Locator(".answer-card")).ToHaveCountAsync(2);
        await Expect(said.Locator(".answer-card strong")).ToHaveTextAsync("Paris");
        await Expect(said.Locator(".answer-card li")).ToHaveTextAsync(["first", "second"]);
        await Expect(said.Locator("img, a[href^=javascript]")).ToHaveCountAsync(0);
        await Expect(said.GetByRole(AriaRole.Region, new() { Name = "Answer given" })).Not.ToContainTextAsync("There was none.");
        await said.GetByText("What it was sent after the conversation").ClickAsync();
        await Expect(said.GetByLabel("What it was sent after the conversation")).ToContainTextAsync("Lyon is it.");
        await visitor.InspectEverywhereAsync("run-content");

        await said.GetByRole(AriaRole.Button, new() { Name = "Differences from the answer" }).ClickAsync();

        (await said.Locator("mark").CountAsync()).ShouldBeGreaterThan(0);
        await visitor.InspectAsync();
    }

    private static string Saying(string alias, string text) =>
        $$$"""{"display_name":"{{{alias}}}","provider":"simulated","simulated":{"latency_ms":0,"answers":[{"match":".","text":"{{{text}}}"}]}}""";

    [Fact]
    public async Task Run_Undecided_ExplainsWhatIsSecondBest()
    {
        await using var site = await Site.StartAsync();
        await site.PutAsync("models", "yes", """{"display_name":"yes","provider":"simulated","simulated":{"latency_ms":0,"answers":[{"match":".","text":"Yes."}]}}""");
        await site.PutAsync("models", "no", """{"display_name":"no","provider":"simulated","simulated":{"latency_ms":0,"answers":[{"match":".","text":"No."}]}}""");
        await site.PutAsync("models", "torn", """{"display_name":"torn","ensemble":{"strategy":"vote","panel":[{"model":"yes"},{"model":"no"}]}}""");
        var run = await site.AskAsync("torn", "Is it?");
        await using var visitor = await Visitor.EnterAsync(chromium, site, page: $"runs/{run}");

        await Expect(visitor.Page.GetByText("No two answers were the same")).ToBeVisibleAsync();
        await Expect(visitor.Page.GetByText("no two answers were equal")).ToBeVisibleAsync();
        await Expect(visitor.Page.GetByText("cost unknown")).ToHaveCountAsync(2);
        await visitor.InspectAsync();
    }

    [Fact]
    public async Task Run_InFlight_IsFollowedUntilItHasEnded()
    {
        await using var site = await Site.StartAsync();
        await site.PutAsync("models", "slow", """{"display_name":"slow","provider":"simulated","simulated":{"latency_ms":0,"tokens_per_second":40,"answers":[{"match":".","text":"one two three four five six seven eight nine ten one two three four five six seven eight nine ten one two three four five six seven eight nine ten one two three four five six seven eight nine ten"}]}}""");
        await using var visitor = await Visitor.EnterAsync(chromium, site, page: "runs");
        using var response = await site.BeginAsync("slow", "Count");
        await visitor.GoAsync($"runs/{SiteCalls.RunOf(response)}");

        await Expect(visitor.Page.GetByText("It is still running.")).ToBeVisibleAsync();
        await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);

        await Expect(visitor.Page.GetByText("It gave an answer.")).ToBeVisibleAsync();
        await Expect(visitor.Page.Locator(".waterfall-row")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Run_Unknown_SaysSoInPlainWords()
    {
        await using var site = await Site.StartAsync();
        await using var visitor = await Visitor.EnterAsync(chromium, site, page: "runs/0123456789abcdef0123456789abcdef");
        visitor.Expected.Add("404");

        await Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "There is no such run" })).ToBeVisibleAsync();
        await visitor.InspectAsync();
    }
}
