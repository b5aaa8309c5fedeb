using System.Globalization;

namespace Ensemble.Catalog.Reading;

/// <summary>Checks that what a run costs can be known wherever it is limited.</summary>
internal static class PriceCheck
{
    public static void Run(IEnumerable<(string Path, EnsembleConfig Config)> ensembles, IEnumerable<ModelConfig> models, CatalogDraft draft)
    {
        var unpriced = models.Where(model => model.Price is null).Select(model => model.DisplayName).ToHashSet();
        foreach (var (path, ensemble) in ensembles)
        {
            if (draft.Issues.IsFull || ensemble.Budget.MaxCostUsd is not { } cost)
            {
                continue;
            }

            var missing = ensemble.Models.Where(model => unpriced.Contains(model) && !HasBrokenPrice(model, draft)).Select(ConfigText.Quote)
                .ToList();
            if (missing.Count > 0)
            {
                draft.Issues.Error(new CatalogIssue(
                    $"{path}.ensemble.budget.max_cost_usd",
                    $"cannot be kept: {string.Join(", ", missing)} {(missing.Count == 1 ? "has" : "have")} no price",
                    cost.ToString(CultureInfo.InvariantCulture),
                    "Give every model that the ensemble calls a \"price\", 0 where it is free, or limit max_tokens instead."));
            }
        }
    }

    /// <summary>Whether it was said already that the model's price cannot be read.</summary>
    private static bool HasBrokenPrice(string model, CatalogDraft draft) =>
        draft.Aliases.TryGetValue(model, out var alias)
        && draft.Issues.Errors.Any(error => error.Path.StartsWith($"{alias.Path}.price", StringComparison.Ordinal));
}
