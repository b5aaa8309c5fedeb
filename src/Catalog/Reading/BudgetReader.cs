namespace Ensemble.Catalog.Reading;

/// <summary>Reads what a run may take.</summary>
internal static class BudgetReader
{
    private const decimal MaxCostUsd = 1_000_000m;
    private const long MaxTokens = 1_000_000_000_000;

    private static readonly string[] Fields = ["max_cost_usd", "max_tokens", "max_calls"];
    private static readonly (string, OnBudget)[] Choices = [("degrade", OnBudget.Degrade), ("fail", OnBudget.Fail)];

    public static BudgetConfig Read(ConfigNode node) => node.Object(Fields) is { } budget
        ? new BudgetConfig
        {
            MaxCostUsd = budget.Find("max_cost_usd") is { } cost ? ReadCost(cost) : null,
            MaxTokens = budget.Integer("max_tokens", 1, MaxTokens),
            MaxCalls = (int?)budget.Integer("max_calls", 1, int.MaxValue),
        }
        : BudgetConfig.None;

    public static OnBudget ReadOnBudget(ConfigObject ensemble) => ensemble.Find("on_budget")?.OneOf(Choices) ?? OnBudget.Degrade;

    private static decimal? ReadCost(ConfigNode node)
    {
        var cost = node.Amount(MaxCostUsd);
        if (cost == 0)
        {
            node.Error("must be above 0", "Give the most that a run may cost, in USD, or null for any.");
        }

        return cost;
    }
}
