namespace Ensemble.Catalog.Reading;

/// <summary>Checks, once every entry is read, that ensembles name direct chat models.</summary>
internal static class ReferenceCheck
{
    private const int MaxAdvised = 100;

    public static void Run(CatalogDraft draft)
    {
        var chatModels = draft.Aliases
            .Where(alias => alias.Value is { IsEnsemble: false, Kind: ModelKind.Chat })
            .Select(alias => alias.Key)
            .ToList();
        foreach (var (node, name) in draft.References)
        {
            if (draft.Issues.IsFull)
            {
                return;
            }

            if (!draft.Aliases.TryGetValue(name, out var alias))
            {
                // Beyond that many errors it is something else than a slip of the pen, and the search has its price.
                var candidates = draft.Issues.Errors.Count < MaxAdvised ? chatModels : [];
                node.Error("names no model of this catalog", NearestName.Advice(name, candidates, "Name a model by its display_name."));
            }
            else if (alias.IsEnsemble)
            {
                node.Error("names an ensemble, and ensembles do not nest", "Name a direct model.");
            }
            else if (alias.Kind != ModelKind.Chat)
            {
                node.Error("names an embedding model, which cannot chat", "Name a model of kind \"chat\".");
            }
        }
    }

    /// <summary>Warns about panels whose models are different, yet likely to make the same mistakes.</summary>
    public static void CheckFamilies(
        IEnumerable<(string Path, EnsembleConfig Config)> ensembles,
        IReadOnlyDictionary<string, ModelConfig> models,
        IssueLog issues)
    {
        foreach (var (path, ensemble) in ensembles)
        {
            var members = ensemble.Panel.Select(member => member.Model).Distinct().ToList();
            var families = members.Select(member => models.GetValueOrDefault(member)?.Family).Distinct().ToList();
            if (members.Count > 1 && families is [{ } family])
            {
                issues.Warn(new CatalogIssue(
                    $"{path}.ensemble.panel",
                    $"has models of one family only, {ConfigText.Quote(family)}, which tend to err alike",
                    null,
                    "Add a model of another family."));
            }
        }
    }
}
