using Ensemble.Catalog.Editing;

namespace Ensemble.Catalog.Tests.Editing;

/// <summary>The rules of an edit, and each thing that may become of it.</summary>
public sealed class CatalogEditorTests
{
    private const string Solo = """{"display_name":"solo","provider":"simulated"}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Create_NewModel_IsServedAtOnceUnderTheNewRevision()
    {
        await using var rig = await EditorRig.StartAsync();

        var result = await rig.CreateAsync(Solo);

        result.Outcome.ShouldBe(EditOutcome.Created);
        result.Entry.ShouldNotBeNull().Version.ShouldBe(2);
        rig.Served.Current.Revision.ShouldBe(2);
        rig.Served.Current.Models.ShouldContainKey("solo");
    }

    [Fact]
    public async Task Create_EnsembleAsAisixDocumentsIt_IsTakenAsItStands()
    {
        await using var rig = await EditorRig.StartAsync();

        var result = await rig.CreateAsync(
            """
            { "display_name": "council/aisix",
              "ensemble": {
                "panel": [ { "model": "sim-swift", "temperature": 0.7, "seed": 1, "weight": 2 }, { "model": "sim-steady", "temperature": 0.9 } ],
                "judge": { "model": "sim-judge", "synthesis_prompt": "Q: {original_request} A: {labeled_candidates}" },
                "min_responses": 2, "timeout_ms": 30000 } }
            """);

        result.Outcome.ShouldBe(EditOutcome.Created, string.Join('\n', result.Errors));
        var served = rig.Served.Current.Ensembles["council/aisix"];
        served.Panel[0].ShouldBe(new PanelMemberConfig { Model = "sim-swift", Temperature = 0.7, Seed = 1, Weight = 2 });
        served.Timeout.ShouldBe(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Create_PresentName_IsADuplicateAcrossModelsAndEnsembles()
    {
        await using var rig = await EditorRig.StartAsync();

        var result = await rig.CreateAsync("""{"display_name":"council","provider":"simulated"}""");

        result.Outcome.ShouldBe(EditOutcome.Duplicate);
        rig.Served.Current.Revision.ShouldBe(1);
    }

    [Fact]
    public async Task Create_SeveralErrors_NamesThemAllRelativeToTheEntryAndWritesNothing()
    {
        await using var rig = await EditorRig.StartAsync();

        var result = await rig.CreateAsync(
            """{"display_name":"x","provider":"simulated","rate_limit":{"rpm":0},"timeout_ms":"1","temprature":1,"params":{"drop":["model"]}}""");

        result.Outcome.ShouldBe(EditOutcome.Invalid);
        result.Errors.Select(error => error.Path).ShouldBe(["rate_limit.rpm", "timeout_ms", "temprature", "params.drop[0]"], ignoreOrder: true);
        rig.Served.Current.Revision.ShouldBe(1);
    }

    [Theory]
    [InlineData("{", "line 1")]
    [InlineData("[]", "")]
    [InlineData("{}", "display_name")]
    [InlineData("""{"display_name":7,"provider":"simulated"}""", "display_name")]
    [InlineData("""{"display_name":"a b","provider":"simulated"}""", "display_name")]
    [InlineData("""{"display_name":"e","ensemble":{"panel":[{"model":"nobody"}],"judge":{"model":"council"}}}""", "ensemble.panel[0].model")]
    public async Task Create_BadBody_IsInvalid(string json, string path)
    {
        await using var rig = await EditorRig.StartAsync();

        var result = await rig.CreateAsync(json);

        result.Outcome.ShouldBe(EditOutcome.Invalid);
        result.Errors.ShouldContain(error => error.Path.StartsWith(path, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Put_AbsentThenPresent_CreatesThenReplaces()
    {
        await using var rig = await EditorRig.StartAsync();

        var first = await rig.PutAsync("solo", Solo);
        var second = await rig.PutAsync("solo", """{"provider":"simulated","retries":5}""");

        first.Outcome.ShouldBe(EditOutcome.Created);
        second.Outcome.ShouldBe(EditOutcome.Replaced);
        second.Entry.ShouldNotBeNull().Version.ShouldBe(3);
        rig.Served.Current.Models["solo"].Retries.ShouldBe(5);
    }

    [Fact]
    public async Task Put_AnotherNameInTheBody_IsInvalid()
    {
        await using var rig = await EditorRig.StartAsync();

        var result = await rig.PutAsync("other", Solo);

        result.Outcome.ShouldBe(EditOutcome.Invalid);
        result.Errors.ShouldContain(error => error.Path == "display_name" && error.Rule.Contains("address", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Put_Conditions_HoldOrAreStale()
    {
        await using var rig = await EditorRig.StartAsync();
        var absent = new EditCondition { Absent = true };
        var second = new EditCondition { Versions = [2] };

        (await rig.PutAsync("solo", Solo, new EditCondition { Present = true })).Outcome.ShouldBe(EditOutcome.Stale);
        (await rig.PutAsync("solo", Solo, second)).Outcome.ShouldBe(EditOutcome.Stale);
        (await rig.PutAsync("solo", Solo, absent)).Outcome.ShouldBe(EditOutcome.Created);
        (await rig.PutAsync("solo", Solo, absent)).Outcome.ShouldBe(EditOutcome.Stale);
        (await rig.PutAsync("solo", Solo, second)).Outcome.ShouldBe(EditOutcome.Replaced);
        (await rig.PutAsync("solo", Solo, second)).Outcome.ShouldBe(EditOutcome.Stale);
        (await rig.DeleteAsync("solo", second)).Outcome.ShouldBe(EditOutcome.Stale);
        (await rig.DeleteAsync("solo", new EditCondition { Versions = [9, 3] })).Outcome.ShouldBe(EditOutcome.Deleted);
    }

    [Fact]
    public async Task Put_ThatBreaksOthers_NamesWhatItBreaks()
    {
        await using var rig = await EditorRig.StartAsync();

        var result = await rig.PutAsync("sim-judge", """{"provider":"simulated","kind":"embedding","retries":-1}""");

        result.Errors.Select(error => error.Path).ShouldBe(
            ["retries", "models[\"council\"].ensemble.judge.model", "models[\"self-council\"].ensemble.judge.model"], ignoreOrder: true);
        rig.Served.Current.Models["sim-judge"].Kind.ShouldBe(ModelKind.Chat);
    }

    [Fact]
    public async Task Delete_ModelInUse_NamesEveryEnsemble()
    {
        await using var rig = await EditorRig.StartAsync();

        (await rig.DeleteAsync("sim-judge")).UsedBy.ShouldBe(["council", "self-council"], ignoreOrder: true);
        (await rig.DeleteAsync("sim-scholar")).UsedBy.ShouldBe(["council"]);
        var result = await rig.DeleteAsync("sim-swift");

        result.Outcome.ShouldBe(EditOutcome.InUse);
        rig.Served.Current.Revision.ShouldBe(1);
    }

    [Fact]
    public async Task Delete_EnsembleThenItsModels_Works()
    {
        await using var rig = await EditorRig.StartAsync();

        foreach (var name in (string[])["council", "self-council", "sim-judge", "sim-swift", "sim-steady", "sim-scholar"])
        {
            (await rig.DeleteAsync(name)).Outcome.ShouldBe(EditOutcome.Deleted);
        }

        rig.Served.Current.Models.ShouldBeEmpty();
        rig.Served.Current.Revision.ShouldBe(7);
        (await rig.DeleteAsync("council")).Outcome.ShouldBe(EditOutcome.NotFound);
    }

    [Fact]
    public async Task DryRun_GoodEntry_TellsEverythingAndWritesNothing()
    {
        await using var rig = await EditorRig.StartAsync();

        var result = await rig.CreateAsync("""{"display_name":"solo","provider":"simulated","api_key":"env:ENSEMBLE_SECRET_X"}""", dryRun: true);

        result.Outcome.ShouldBe(EditOutcome.Checked);
        result.Warnings.ShouldHaveSingleItem().Path.ShouldBe("api_key");
        result.Snapshot.ShouldNotBeNull().Models.ShouldContainKey("solo");
        rig.Served.Current.Revision.ShouldBe(1);
        (await rig.Editor.FindAsync(CatalogEntryKind.Model, "solo", Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task Edit_SomebodyElseWritesFirst_IsCheckedAgainAgainstWhatTheyWrote()
    {
        await using var rig = await EditorRig.StartAsync();
        var others = 0;
        rig.Store.BeforeWrite = async () =>
        {
            if (others++ < 3)
            {
                await rig.Store.TamperAsync(CatalogEntryKind.Model, $"other-{others}", $$"""{"display_name":"other-{{others}}","provider":"simulated"}""");
            }
        };

        var result = await rig.CreateAsync(Solo);

        result.Outcome.ShouldBe(EditOutcome.Created);
        result.Entry.ShouldNotBeNull().Version.ShouldBe(5);
        rig.Served.Current.Models.ShouldContainKey("other-3");
    }

    [Fact]
    public async Task Create_SomebodyElseTakesTheNameFirst_IsADuplicate()
    {
        await using var rig = await EditorRig.StartAsync();
        rig.Store.BeforeWrite = async () =>
        {
            rig.Store.BeforeWrite = null;
            await rig.Store.TamperAsync(CatalogEntryKind.Model, "solo", Solo);
        };

        (await rig.CreateAsync(Solo)).Outcome.ShouldBe(EditOutcome.Duplicate);
    }

    [Fact]
    public async Task Edit_LostEveryRace_IsUnavailable()
    {
        await using var rig = await EditorRig.StartAsync();
        rig.Store.BeforeWrite = () => rig.Store.TamperAsync(CatalogEntryKind.Key, "k", $$"""{"name":"k","key_sha256":"{{new string('a', 64)}}"}""");

        (await rig.CreateAsync(Solo)).Outcome.ShouldBe(EditOutcome.Unavailable);
    }

    [Fact]
    public async Task Edit_StoreOutOfReach_IsUnavailable()
    {
        await using var rig = await EditorRig.StartAsync();
        rig.Store.IsDown = true;

        var result = await rig.CreateAsync(Solo);

        result.Outcome.ShouldBe(EditOutcome.Unavailable);
        result.Reason.ShouldNotBeNull().ShouldContain("cannot be read");
        await Should.ThrowAsync<CatalogException>(() => rig.Editor.ListAsync(CatalogEntryKind.Model, null, 10, Cancel));
    }

    [Fact]
    public async Task Edit_EntryThatIsBrokenAlready_DoesNotKeepOthersFromBeingFixed()
    {
        await using var rig = await EditorRig.StartAsync();
        await rig.Store.TamperAsync(CatalogEntryKind.Model, "bad-1", """{"display_name":"bad-1","provider":"simulatd"}""");
        await rig.Store.TamperAsync(CatalogEntryKind.Model, "bad-2", "{");

        (await rig.PutAsync("bad-1", """{"provider":"simulated"}""")).Outcome.ShouldBe(EditOutcome.Replaced);
        rig.Served.Problem.ShouldNotBeNull();
        (await rig.DeleteAsync("bad-2")).Outcome.ShouldBe(EditOutcome.Deleted);

        rig.Served.Problem.ShouldBeNull();
        rig.Served.Current.Models.ShouldContainKey("bad-1");
    }

    [Fact]
    public async Task List_Pages_AreSortedAndBounded()
    {
        await using var rig = await EditorRig.StartAsync();

        var first = await rig.Editor.ListAsync(CatalogEntryKind.Model, null, 4, Cancel);
        var rest = await rig.Editor.ListAsync(CatalogEntryKind.Model, first.Entries[^1].Name, 4, Cancel);

        first.Entries.Select(entry => entry.Name).ShouldBe(["council", "self-council", "sim-judge", "sim-scholar"]);
        first.Entries.Select(entry => entry.IsEnsemble).ShouldBe([true, true, false, false]);
        (first.HasMore, rest.HasMore).ShouldBe((true, false));
        rest.Entries.Select(entry => entry.Name).ShouldBe(["sim-steady", "sim-swift"]);
    }

    [Fact]
    public async Task ReadOnly_EveryEdit_SaysWhatIsServedInstead()
    {
        await using var rig = await EditorRig.StartAsync();
        using var editor = CatalogEditor.ReadOnly("/etc/catalog.json", () => new CatalogDocument(1, []), rig.Secrets);

        var created = await editor.CreateAsync(CatalogEntryKind.Model, "{"u8.ToArray(), false, Cancel);
        var deleted = await editor.DeleteAsync(CatalogEntryKind.Model, "x", EditCondition.None, Cancel);

        (created.Outcome, deleted.Outcome).ShouldBe((EditOutcome.ReadOnly, EditOutcome.ReadOnly));
        deleted.Reason.ShouldBe("/etc/catalog.json");
    }
}
