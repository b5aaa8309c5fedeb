namespace Ensemble.Catalog.Reading;

/// <summary>Checks, once every entry is read, that ensembles name direct models of the right kind.</summary>
internal static class ReferenceCheck
{
    private const int MaxAdvised = 100;

    public static void Run(CatalogDraft draft)
    {
        var models = draft.Aliases.Where(alias => !alias.Value.IsEnsemble).ToLookup(alias => alias.Value.Kind, alias => alias.Key);
        foreach (var (node, name, kind) in draft.References)
        {
            if (draft.Issues.IsFull)
            {
                return;
            }

            if (!draft.Aliases.TryGetValue(name, out var alias))
            {
                // Beyond that many errors it is something else than a slip of the pen, and the search has its price.
                var candidates = draft.Issues.Errors.Count < MaxAdvised ? models[kind] : [];
                node.Error("names no model of this catalog", NearestName.Advice(name, candidates, "Name a model by its display_name."));
            }
            else if (alias.IsEnsemble)
            {
                node.Error("names an ensemble, and ensembles do not nest", "Name a direct model.");
            }
            else if (alias.Kind != kind)
            {
                var isChat = kind == ModelKind.Chat;
                node.Error(
                    isChat ? "names an embedding model, which cannot chat" : "names a chat model, which gives no vectors",
                    $"Name a model of kind \"{(isChat ? "chat" : "embedding")}\".");
            }
        }
    }
}
