using Ensemble.Catalog.Secrets;

namespace Ensemble.Catalog.Reading;

/// <summary>Reads a catalog: JSON as UTF-8 of at most 4 MiB, where <c>//</c> comments and trailing commas are allowed.</summary>
public static class CatalogReader
{
    private const int MaxModels = 10_000;
    private const int MaxKeys = 10_000;

    private static readonly string[] Fields = ["models", "keys"];

    /// <summary>Never throws for what the file holds: broken JSON is one error, otherwise every error is reported.</summary>
    /// <param name="revision">Given to the snapshot.</param>
    /// <param name="secrets">
    /// Looks up callers' keys that are references, and warns of models' secrets that are missing. Null = nothing is looked up, and
    /// keys that are references are disabled, each with a warning.
    /// </param>
    /// <param name="origin">Whether references to secrets are bound by the <see cref="SecretPolicy"/>, and sealed ones are taken.</param>
    public static CatalogReadResult Read(
        ReadOnlyMemory<byte> json, long revision, SecretResolver? secrets = null, CatalogOrigin origin = CatalogOrigin.File)
    {
        var issues = new IssueLog();
        var (document, issue) = CatalogJson.Parse(json);
        if (document is null)
        {
            issues.Error(issue!);
            return Result(null, issues, []);
        }

        using (document)
        {
            var draft = new CatalogDraft(secrets, issues, origin);
            var snapshot = Read(new ConfigNode(document.RootElement, "", issues), draft, revision);
            return Result(snapshot, issues, draft.KeyReferences);
        }
    }

    private static CatalogSnapshot? Read(ConfigNode root, CatalogDraft draft, long revision)
    {
        if (root.Object(Fields) is not { } catalog)
        {
            return null;
        }

        var models = new List<ModelConfig>();
        var ensembles = new List<(string Path, EnsembleConfig Config)>();
        foreach (var entry in catalog.Require("models", "List the models and ensembles.")?.Items(0, MaxModels, "models") ?? [])
        {
            if (EnsembleReader.IsEnsemble(entry.Element))
            {
                if (EnsembleReader.Read(entry, draft) is { } ensemble)
                {
                    ensembles.Add((entry.Path, ensemble));
                }
            }
            else if (ModelReader.Read(entry, draft) is { } model)
            {
                models.Add(WithSecret(model, entry, draft.Secrets));
            }
        }

        ReferenceCheck.Run(draft);
        PriceCheck.Run(ensembles, models, draft);
        var keyReader = new KeyReader(draft, Unpriced(models, ensembles));
        var keys = (catalog.Find("keys")?.Items(0, MaxKeys, "keys") ?? []).Select(keyReader.Read).OfType<KeyConfig>().ToList();
        if (draft.Issues.Errors.Count > 0)
        {
            return null;
        }

        if (models.Count == 0)
        {
            catalog.Warn("has no model, so every request is refused", "Add one to \"models\".");
        }

        var snapshot = new CatalogSnapshot(revision, models, ensembles.Select(ensemble => ensemble.Config), keys);
        EnsembleWarnings.Check(ensembles, snapshot.Models, draft.Issues);
        return snapshot;
    }

    private static List<string> Unpriced(List<ModelConfig> models, List<(string Path, EnsembleConfig Config)> ensembles)
    {
        var unpriced = models.Where(model => model.Price is null).Select(model => model.DisplayName).ToHashSet();
        return [
            .. ensembles.Where(ensemble => ensemble.Config.Models.Any(unpriced.Contains)).Select(ensemble => ensemble.Config.DisplayName),
            .. unpriced];
    }

    /// <summary>A sealed secret opens only for the finished model, so that only now it is known whether it can be used.</summary>
    private static ModelConfig WithSecret(ModelConfig model, ConfigNode entry, SecretResolver? secrets)
    {
        var bound = SecretReference.Bound(model);
        if (bound.ApiKey is { Source: SecretSource.Sealed } key && secrets?.TryResolve(key, out _, out var problem) == false)
        {
            entry.Field("api_key").Warn(
                $"cannot be used now: {problem}", "Give the secret again, or set the master key that it was sealed with.");
        }

        return bound;
    }

    private static CatalogReadResult Result(
        CatalogSnapshot? snapshot, IssueLog issues, IReadOnlyList<SecretReference> keyReferences) => new()
        {
            Snapshot = issues.Errors.Count == 0 ? snapshot : null,
            Errors = issues.Errors,
            Warnings = issues.Warnings,
            KeyReferences = keyReferences,
        };
}
