namespace Ensemble.Catalog.Reading;

/// <summary>Reads the rungs of a cascade.</summary>
internal static class CascadeReader
{
    private const int MaxRungs = 32;

    private static readonly string[] Fields = ["rungs", "accept"];
    private static readonly string[] AcceptFields = ["min_agreement", "verifier"];

    public static CascadeConfig Read(ConfigNode node, IReadOnlyList<PanelMemberConfig> panel, CatalogDraft draft)
    {
        var defaults = new CascadeConfig();
        if (node.Object(Fields) is not { } cascade)
        {
            return defaults;
        }

        var accept = cascade.Find("accept")?.Object(AcceptFields);
        return new CascadeConfig
        {
            Rungs = cascade.Find("rungs") is { } rungs
                ? ReadRungs(rungs, [.. panel.Select(member => member.Model).Where(model => model.Length > 0).Distinct()])
                : defaults.Rungs,
            MinAgreement = accept?.Number("min_agreement", 0, 1) ?? defaults.MinAgreement,
            Verifier = draft.ReadReference(accept?.Find("verifier")),
        };
    }

    private static List<IReadOnlyList<string>> ReadRungs(ConfigNode node, List<string> panel)
    {
        var rungs = new List<IReadOnlyList<string>>();
        var placed = new HashSet<string>();
        var isWhole = true;
        foreach (var rung in node.Items(1, MaxRungs, "rungs") ?? [])
        {
            var models = new List<string>();
            var items = rung.Items(1, MaxRungs, "models") ?? [];
            isWhole &= items.Count > 0;
            foreach (var item in items)
            {
                if (item.Text(DisplayName.MaxLength) is not { } model)
                {
                    isWhole = false;
                }
                else if (!panel.Contains(model))
                {
                    isWhole = false;
                    item.Error("is no model of the panel", NearestName.Advice(model, panel, "Add it to the panel, or remove it."));
                }
                else if (!placed.Add(model))
                {
                    item.Error("is in the rungs twice", "Name each model in one rung; all members of that model are asked there.");
                }
                else
                {
                    models.Add(model);
                }
            }

            rungs.Add(models);
        }

        // A name that was misspelt above is missing here too, and needs no second message.
        if (isWhole && rungs.Count > 0 && panel.Where(model => !placed.Contains(model)).ToList() is { Count: > 0 } missing)
        {
            node.Error(
                $"leaves out {string.Join(", ", missing.Select(ConfigText.Quote))} of the panel",
                "Put each model of the panel into a rung, or take it from the panel.");
        }

        return rungs;
    }
}
