namespace Ensemble.Catalog.Tests;

public sealed class MonthlyBudgetTests
{
    private const string Models =
        """
        { "display_name": "free-of-price", "provider": "simulated" },
        { "display_name": "priced", "provider": "simulated", "price": { "input_per_million": 1, "output_per_million": 2 } },
        { "display_name": "priced-too", "provider": "simulated", "price": { "input_per_million": 0, "output_per_million": 0 } },
        { "display_name": "mixed", "ensemble": { "panel": [ { "model": "priced" }, { "model": "free-of-price" } ], "judge": { "model": "priced" } } }
        """;

    [Theory]
    [InlineData("[\"priced*\"]", null)]
    [InlineData("[\"mixed\"]", "\"mixed\"")]
    [InlineData("[\"*\"]", "\"mixed\", \"free-of-price\"")]
    public void Read_BudgetOverModelsWithoutAPrice_Warns(string allowed, string? named)
    {
        var result = CatalogSamples.Read(
            $$"""{ "models": [ {{Models}} ], "keys": [ { "name": "anna", "key": "sk-0123456789abcdef", "allowed_models": {{allowed}}, "monthly_budget_usd": 12.5 } ] }""");

        result.Errors.ShouldBeEmpty();
        result.Snapshot!.Keys.ShouldHaveSingleItem().MonthlyBudgetUsd.ShouldBe(12.5m);
        var warnings = result.Warnings.Where(issue => issue.Path == "keys[0].monthly_budget_usd").ToList();
        warnings.Count.ShouldBe(named is null ? 0 : 1);
        warnings.ShouldAllBe(issue => issue.Rule.Contains(named!) && issue.Fix.Contains("price"));
    }
}
