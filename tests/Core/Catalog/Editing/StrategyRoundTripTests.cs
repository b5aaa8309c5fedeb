using System.Text.Json;
using Ensemble.Catalog.Editing;

namespace Ensemble.Catalog.Tests.Editing;

/// <summary>Strategies' settings through the store: each field comes back as it went in, and each model that one names is in use.</summary>
public sealed class StrategyRoundTripTests
{
    private const string Routed = """
        { "display_name": "routed", "ensemble": {
            "strategy": "route", "on_budget": "fail", "answer_type": "number", "budget": { "max_cost_usd": 0.10, "max_tokens": 9000, "max_calls": 4 },
            "route": {
              "rules": [ { "when": { "min_words": 1, "max_words": 9, "matches": "(?i)\\bzürich\\b", "not_matches": "\"quoted\"", "keywords": ["ZÜRICH", "C#"],
                                     "has_images": false }, "to": "target" } ],
              "classifier": "sim-judge", "descriptions": { "described": "prose & poetry" }, "default": "sim-steady",
              "verify": { "verifier": "sim-scholar", "on_verifier_failure": "accept" }, "shadow_rate": 0.25 } } }
        """;

    [Fact]
    public async Task Create_Route_IsReadBackFieldByField()
    {
        await using var rig = await EditorRig.StartAsync();
        await AddAsync(rig, "target");
        await AddAsync(rig, "described");

        var result = await rig.CreateAsync(Routed);

        result.Outcome.ShouldBe(EditOutcome.Created, string.Join('\n', result.Errors));
        result.Warnings.ShouldBeEmpty();
        var served = rig.Served.Current.Ensembles["routed"];
        served.Budget.ShouldBe(new BudgetConfig { MaxCostUsd = 0.10m, MaxTokens = 9000, MaxCalls = 4 });
        (served.OnBudget, served.AnswerType).ShouldBe((OnBudget.Fail, AnswerType.Number));
        var when = served.Route!.Rules.ShouldHaveSingleItem().When;
        when.Matches!.ToString().ShouldBe("(?i)\\bzürich\\b");
        when.NotMatches!.ToString().ShouldBe("\"quoted\"");
        when.Keywords.ShouldBe(["ZÜRICH", "C#"]);
        served.Route.Descriptions["described"].ShouldBe("prose & poetry");
        JsonElement.DeepEquals(await rig.EntryAsync("routed"), JsonElement.Parse(Routed)).ShouldBeTrue();
    }

    [Theory]
    [InlineData("target")]
    [InlineData("described")]
    [InlineData("sim-judge")]
    [InlineData("sim-steady")]
    [InlineData("sim-scholar")]
    public async Task Delete_ModelThatABlockNames_IsInUse(string model)
    {
        await using var rig = await EditorRig.StartAsync();
        await AddAsync(rig, "target");
        await AddAsync(rig, "described");
        (await rig.DeleteAsync("council")).Outcome.ShouldBe(EditOutcome.Deleted);
        (await rig.DeleteAsync("self-council")).Outcome.ShouldBe(EditOutcome.Deleted);
        (await rig.CreateAsync(Routed)).Outcome.ShouldBe(EditOutcome.Created);

        var result = await rig.DeleteAsync(model);

        result.Outcome.ShouldBe(EditOutcome.InUse);
        result.UsedBy.ShouldBe(["routed"]);
    }

    [Fact]
    public async Task Delete_EmbeddingModelOfAConsensus_IsInUse()
    {
        await using var rig = await EditorRig.StartAsync();
        (await rig.CreateAsync("""{ "display_name": "vec", "provider": "simulated", "kind": "embedding" }""")).Outcome.ShouldBe(EditOutcome.Created);
        (await rig.CreateAsync("""
            { "display_name": "near", "ensemble": { "strategy": "consensus", "panel": [ { "model": "sim-swift" }, { "model": "sim-steady" } ],
              "consensus": { "embedding_model": "vec" } } }
            """)).Outcome.ShouldBe(EditOutcome.Created);

        (await rig.DeleteAsync("vec")).Outcome.ShouldBe(EditOutcome.InUse);
    }

    private static async Task AddAsync(EditorRig rig, string name) => (await rig.CreateAsync(
        $$"""{ "display_name": "{{name}}", "provider": "simulated", "price": { "input_per_million": 1, "output_per_million": 1 } }""")).Outcome.ShouldBe(EditOutcome.Created);
}
