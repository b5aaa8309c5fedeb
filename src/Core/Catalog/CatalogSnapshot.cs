using System.Collections.Frozen;

namespace Ensemble.Catalog;

/// <summary>A valid catalog that never changes. A run keeps the one it began with.</summary>
public sealed class CatalogSnapshot
{
    public CatalogSnapshot(
        long revision,
        IEnumerable<ModelConfig> models,
        IEnumerable<EnsembleConfig> ensembles,
        IEnumerable<KeyConfig> keys)
    {
        Revision = revision;
        Models = models.ToFrozenDictionary(model => model.DisplayName, StringComparer.Ordinal);
        Ensembles = ensembles.ToFrozenDictionary(ensemble => ensemble.DisplayName, StringComparer.Ordinal);
        Keys = [.. keys];
        KeysByName = Keys.ToFrozenDictionary(key => key.Name, StringComparer.Ordinal);
    }

    /// <summary>Grows by one with each change.</summary>
    public long Revision { get; }

    /// <summary>Direct models by alias.</summary>
    public FrozenDictionary<string, ModelConfig> Models { get; }

    /// <summary>Ensembles by alias; no alias names both a model and an ensemble.</summary>
    public FrozenDictionary<string, EnsembleConfig> Ensembles { get; }

    public IReadOnlyList<KeyConfig> Keys { get; }

    public FrozenDictionary<string, KeyConfig> KeysByName { get; }

    /// <returns>The same catalog with an ensemble in the place of that of its name.</returns>
    internal CatalogSnapshot With(EnsembleConfig ensemble) =>
        new(Revision, Models.Values, Ensembles.Values.Select(other => other.DisplayName == ensemble.DisplayName ? ensemble : other), Keys);
}
