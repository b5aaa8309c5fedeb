using System.Text.Json.Nodes;
using Ensemble.Catalog.Serving;
using Ensemble.Dashboard.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Ensemble.Dashboard.Tests;

/// <summary>The list of ensembles, and the form of one.</summary>
public sealed class EnsemblesTests(Chromium chromium)
{
    private const string Desk = """
        {"display_name":"desk","rate_limit":{"rpm":30},"ensemble":{"strategy":"route","deadline_ms":60000,"panel":[{"model":"sim-swift","temperature":0.3}],
         "route":{"rules":[{"when":{"has_images":true},"to":"sim-scholar"},{"when":{"keywords":["refactor","C#"],"max_words":40},"to":"sim-scholar"},{"when":{"max_words":14,"not_matches":"(?i)\\bwhy\\b"},"to":"sim-swift"}],
          "classifier":"sim-judge","descriptions":{"sim-swift":"small talk","sim-steady":"mail"},"default":"sim-scholar",
          "verify":{"verifier":"sim-judge","on_verifier_failure":"accept"},"shadow_rate":0.02}}}
        """;

    [Fact]
    public async Task List_BuiltInCatalog_ShowsStrategyPanelAndJudge()
    {
        await using var site = await Site.StartAsync();
        await using var visitor = await Visitor.EnterAsync(chromium, site, page: "ensembles");

        var row = visitor.Page.Locator("tbody tr").Filter(new() { Has = visitor.Page.GetByRole(AriaRole.Link, new() { Name = "council", Exact = true }) });
        await Expect(row).ToContainTextAsync("synthesize");
        await Expect(row.Locator(".chips li")).ToHaveTextAsync(["sim-swift", "sim-steady", "sim-scholar"]);
        await Expect(row).ToContainTextAsync("sim-judge");
        await Expect(visitor.Page.GetByText("sim-steady × 3")).ToBeVisibleAsync();
        await visitor.InspectEverywhereAsync("ensembles");
    }

    [Fact]
    public async Task Edit_WrongNumber_IsSaidBesideItsFieldUntilItIsFixed()
    {
        await using var site = await Site.StartAsync();
        await using var visitor = await Visitor.EnterAsync(chromium, site, page: "ensembles/council");
        visitor.Expected.Add("422");
        await Expect(visitor.Page.GetByText("It holds")).ToBeVisibleAsync();
        await visitor.InspectEverywhereAsync("ensemble");

        var temperature = visitor.Page.GetByRole(AriaRole.Group, new() { Name = "member 2" }).GetByLabel("Temperature");
        await temperature.FillAsync("7");
        await Expect(temperature).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(temperature).ToHaveAccessibleDescriptionAsync(Pattern.Of("Must be a number from 0 to 2"));
        await Expect(visitor.Page.GetByText("1 thing to correct")).ToBeVisibleAsync();
        await visitor.InspectEverywhereAsync("ensemble-wrong");

        await temperature.FillAsync("1.5");

        await Expect(temperature).Not.ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(visitor.Page.GetByText("It holds")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Edit_AlmostEveryField_SavesOneChangeAndLeavesTheRest()
    {
        await using var site = await Site.StartAsync();
        await site.PutAsync("models", "desk", Desk);
        var expected = (await site.EntryAsync("desk")).DeepClone();
        expected["ensemble"]!["route"]!["shadow_rate"] = 0.1;
        await using var visitor = await Visitor.EnterAsync(chromium, site, page: "ensembles/desk");
        await Expect(visitor.Page.GetByLabel("Keywords").Nth(1)).ToHaveValueAsync("refactor, C#");
        await visitor.InspectEverywhereAsync("ensemble-route");

        await visitor.Page.GetByLabel("Share to compare").FillAsync("0.1");
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Save changes" }).ClickAsync();

        await Expect(visitor.Page.GetByText("Saved desk.")).ToBeVisibleAsync();
        JsonNode.DeepEquals(await site.EntryAsync("desk"), expected).ShouldBeTrue((await site.EntryAsync("desk")).ToJsonString());
    }

    [Theory]
    [InlineData("""{"strategy":"synthesize","panel":[{"model":"sim-swift"},{"model":"sim-steady"}],"judge":{"model":"sim-judge","temperature":null,"synthesis_prompt":"{original_request} {labeled_candidates}"},"analysis":true,"always_judge":true,"straggler_grace_ms":"all"}""")]
    [InlineData("""{"strategy":"best_of","panel":[{"model":"sim-swift","samples":3,"temperature":0.9},{"model":"sim-steady"}],"judge":{"model":"sim-judge"},"best_of":{"swap":true},"on_judge_failure":"fail"}""")]
    [InlineData("""{"strategy":"vote","panel":[{"model":"sim-swift","weight":1.5,"seed":7},{"model":"sim-steady"}],"answer_type":"number","tools":"vote","budget":{"max_cost_usd":0.5,"max_calls":9},"on_budget":"fail"}""")]
    [InlineData("""{"strategy":"synthesize","panel":[{"model":"sim-swift"},{"model":"sim-steady"}],"judge":{"model":"sim-judge"},"tools":{"mode":"advise","panel":"once_per_user_turn"}}""")]
    [InlineData("""{"strategy":"consensus","panel":[{"model":"sim-swift"},{"model":"sim-steady"}],"consensus":{"embedding_model":"vectors","threshold":0.85},"straggler_grace_ms":250.5}""")]
    [InlineData("""{"strategy":"adaptive","panel":[{"model":"sim-swift"},{"model":"sim-steady"}],"confidence":{"source":"self_report"}}""")]
    [InlineData("""{"strategy":"cascade","panel":[{"model":"sim-swift"},{"model":"sim-steady"},{"model":"sim-scholar"}],"cascade":{"rungs":[["sim-swift","sim-steady"],["sim-scholar"]],"accept":{"min_agreement":0.9,"verifier":"sim-judge"}}}""")]
    [InlineData("""{"strategy":"verify","verify":{"primary":"sim-swift","verifier":"sim-judge","escalate_to":"sim-scholar","on_verifier_failure":"accept"}}""")]
    [InlineData("""{"strategy":"specialist","judge":{"model":"sim-judge","fallbacks":["sim-scholar"]},"specialist":{"planner":"sim-scholar","members":{"code":"sim-scholar","plain words":"sim-swift"},"max_subtasks":4}}""")]
    public async Task Save_EachStrategyAsItIs_LeavesTheEntryAsItWas(string block)
    {
        await using var site = await Site.StartAsync();
        await site.PutAsync("models", "vectors", """{"display_name":"vectors","provider":"simulated","kind":"embedding","price":{"input_per_million":1,"output_per_million":0}}""");
        await site.PutAsync("models", "mine", $$"""{"display_name":"mine","ensemble":{{block}} }""");
        var before = (await site.EntryAsync("mine")).DeepClone();
        await using var visitor = await Visitor.EnterAsync(chromium, site, page: "ensembles/mine");
        await Expect(visitor.Page.GetByText("It holds")).ToBeVisibleAsync();

        // Back and forth, so that something was typed.
        var perDay = visitor.Page.GetByLabel("Requests a day");
        await visitor.Page.Locator("summary", new() { HasText = "Rate limit" }).ClickAsync();
        await perDay.FillAsync("5");
        await perDay.FillAsync("");
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Save changes" }).ClickAsync();

        await Expect(visitor.Page.GetByText("Saved mine.")).ToBeVisibleAsync();
        JsonNode.DeepEquals(await site.EntryAsync("mine"), before).ShouldBeTrue((await site.EntryAsync("mine")).ToJsonString());
    }

    [Fact]
    public async Task Panel_KeyboardAlone_AddsMovesAndRemoves()
    {
        await using var site = await Site.StartAsync();
        await using var visitor = await Visitor.EnterAsync(chromium, site, page: "ensembles/council");
        // The editor may ask for a check while the new member has no model yet; how soon one is chosen depends on the machine.
        visitor.Expected.Add("422");
        var models = visitor.Page.Locator(".members").GetByLabel("Model");
        await Expect(models).ToHaveCountAsync(3);

        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Add member" }).FocusAsync();
        await visitor.Page.Keyboard.PressAsync("Enter");
        await Expect(models.Nth(3)).ToBeFocusedAsync();
        await models.Nth(3).SelectOptionAsync("sim-judge");
        await visitor.Page.Keyboard.PressAsync("Alt+ArrowUp");
        await Expect(models.Nth(2)).ToHaveValueAsync("sim-judge");
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Move member 3 up" }).PressAsync("Enter");
        await Expect(models.Nth(1)).ToHaveValueAsync("sim-judge");
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Remove member 1" }).PressAsync("Enter");
        await Expect(models).ToHaveCountAsync(3);
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Save changes" }).PressAsync("Enter");

        await Expect(visitor.Page.GetByText("Saved council.")).ToBeVisibleAsync();
        (await site.EntryAsync("council"))["ensemble"]!["panel"]!.AsArray().Select(member => (string)member!["model"]!).ShouldBe(["sim-judge", "sim-steady", "sim-scholar"]);
    }

    [Fact]
    public async Task Strategy_Changed_ShowsItsOwnKnobsAndSendsNoOthers()
    {
        await using var site = await Site.StartAsync();
        await using var visitor = await Visitor.EnterAsync(chromium, site, page: "ensembles/council");
        await visitor.Page.Locator("summary", new() { HasText = "Answers" }).ClickAsync();
        await visitor.Page.GetByLabel("Analysis first").CheckAsync();

        await visitor.Page.GetByLabel("Strategy").SelectOptionAsync("best_of");
        await visitor.Page.GetByLabel("Pick twice").CheckAsync();
        await Expect(visitor.Page.GetByLabel("Analysis first")).ToHaveCountAsync(0);
        await Expect(visitor.Page.GetByText("A judge picks one of the panel’s answers")).ToBeVisibleAsync();
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Save changes" }).ClickAsync();

        await Expect(visitor.Page.GetByText("Saved council.")).ToBeVisibleAsync();
        var block = (await site.EntryAsync("council"))["ensemble"]!.AsObject();
        block["best_of"]!["swap"]!.GetValue<bool>().ShouldBeTrue();
        block.ContainsKey("analysis").ShouldBeFalse();
    }

    [Fact]
    public async Task Save_ChangedMeanwhile_SaysSoAndKeepsWhatWasTyped()
    {
        await using var site = await Site.StartAsync();
        await using var visitor = await Visitor.EnterAsync(chromium, site, page: "ensembles/council");
        visitor.Expected.Add("412");
        var judge = visitor.Page.GetByLabel("Temperature").Last;
        await judge.FillAsync("0.9");
        var theirs = (await site.EntryAsync("council")).DeepClone();
        theirs["ensemble"]!["deadline_ms"] = 5000;
        await site.PutAsync("models", "council", theirs.ToJsonString());

        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Save changes" }).ClickAsync();
        await Expect(visitor.Page.GetByText("Somebody else has saved this ensemble")).ToBeVisibleAsync();
        await Expect(judge).ToHaveValueAsync("0.9");
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Show what is saved now" }).ClickAsync();
        await Expect(visitor.Page.GetByText("\"deadline_ms\": 5000")).ToBeVisibleAsync();
        await visitor.InspectAsync();
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Save mine over it" }).ClickAsync();

        await Expect(visitor.Page.GetByText("Saved council.")).ToBeVisibleAsync();
        (await site.EntryAsync("council"))["ensemble"]!["judge"]!["temperature"]!.GetValue<double>().ShouldBe(0.9);
    }

    [Fact]
    public async Task Leave_NotSaved_IsThereAgainUntilDiscarded()
    {
        await using var site = await Site.StartAsync();
        await using var visitor = await Visitor.EnterAsync(chromium, site, page: "ensembles/council");
        var temperature = visitor.Page.GetByLabel("Temperature").First;
        await temperature.FillAsync("1.1");

        await visitor.Page.GetByRole(AriaRole.Link, new() { Name = "Runs", Exact = true }).ClickAsync();
        await Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "Runs", Level = 1 })).ToBeVisibleAsync();
        await visitor.Page.GoBackAsync();
        await Expect(temperature).ToHaveValueAsync("1.1");
        await Expect(visitor.Page.GetByText("which are not saved yet")).ToBeVisibleAsync();
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Discard changes" }).ClickAsync();

        await Expect(temperature).ToHaveValueAsync("0.7");
    }

    [Fact]
    public async Task Delete_Confirmed_IsGone()
    {
        await using var site = await Site.StartAsync();
        await using var visitor = await Visitor.EnterAsync(chromium, site, page: "ensembles/self-council");

        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Delete it" }).ClickAsync();

        await Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "1 ensemble" })).ToBeVisibleAsync();
        await Expect(visitor.Page.GetByText("self-council", new() { Exact = true })).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Edit_CatalogOfAFile_CanOnlyBeRead()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(file, BuiltInCatalog.ReadJson().ToArray(), TestContext.Current.CancellationToken);
            await using var site = await Site.StartAsync("--Catalog:File", file);
            await using var visitor = await Visitor.EnterAsync(chromium, site, page: "ensembles/council");
            visitor.Expected.Add("405");

            await Expect(visitor.Page.GetByText("This catalog is a file")).ToBeVisibleAsync();
            await Expect(visitor.Page.GetByLabel("Strategy")).ToBeDisabledAsync();
            await Expect(visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Save changes" })).ToBeHiddenAsync();
            await visitor.InspectAsync();
        }
        finally
        {
            File.Delete(file);
        }
    }
}
