using System.Text.Json;

namespace Ensemble.Catalog.Reading;

/// <summary>
/// What the catalog's format has and this version does not do. Its defaults are accepted, anything else is refused: a setting
/// that is read and then ignored would promise what nobody keeps.
/// </summary>
internal static class UnavailableFeatures
{
    public static readonly string[] Strategies =
        ["best_of", "vote", "consensus", "confidence", "adaptive", "cascade", "verify", "route", "specialist"];

    private static readonly string[] Blocks = ["consensus", "confidence", "cascade", "verify", "route", "specialist"];

    private static readonly (string Field, string Default)[] Choices = [("answer_type", "auto"), ("tools", "reject"), ("on_budget", "degrade")];

    private static readonly string[] BudgetFields = ["max_cost_usd", "max_tokens", "max_calls"];

    public static readonly string[] Fields = ["analysis", "budget", .. Choices.Select(choice => choice.Field), .. Blocks];

    public static void Check(ConfigObject ensemble)
    {
        if (ensemble.Find("analysis") is { } analysis && analysis.Flag() == true)
        {
            analysis.Unavailable("Write false, or remove it.");
        }

        foreach (var (field, usual) in Choices)
        {
            if (ensemble.Find(field) is { } node && node.Is(JsonValueKind.String, "a string") && !node.Element.ValueEquals(usual))
            {
                node.Unavailable($"Write {ConfigText.Quote(usual)}, or remove it.");
            }
        }

        foreach (var field in Blocks)
        {
            ensemble.Find(field)?.Unavailable("Remove it: no strategy of this version reads it.");
        }

        if (ensemble.Find("budget")?.Object(BudgetFields) is { } budget)
        {
            foreach (var field in BudgetFields)
            {
                budget.Find(field)?.Unavailable("Write null, or remove it: a budget would not be kept.");
            }
        }
    }
}
