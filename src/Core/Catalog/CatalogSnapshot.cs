using System.Collections.Frozen;

namespace Ensemble.Catalog;

/// <summary>A valid catalog that never changes. A run keeps the one it began with.</summary>
public sealed class CatalogSnapshot
{
    private readonly FrozenDictionary<KeyDigest, KeyConfig> _keysByDigest;

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

        // Keys whose secret could not be read are disabled, and share the digest of zeros.
        _keysByDigest = Keys.DistinctBy(key => KeyDigest.Of(key.Sha256.Span)).ToFrozenDictionary(key => KeyDigest.Of(key.Sha256.Span));
    }

    /// <summary>Grows by one with each change.</summary>
    public long Revision { get; }

    /// <summary>Direct models by alias.</summary>
    public FrozenDictionary<string, ModelConfig> Models { get; }

    /// <summary>Ensembles by alias; no alias names both a model and an ensemble.</summary>
    public FrozenDictionary<string, EnsembleConfig> Ensembles { get; }

    public IReadOnlyList<KeyConfig> Keys { get; }

    public FrozenDictionary<string, KeyConfig> KeysByName { get; }

    /// <param name="sha256">The digest of what a caller sent. Who can choose the digest that is looked up has broken SHA-256, so that the
    /// time of the look-up tells nothing about a key.</param>
    /// <returns>Null where no key has this digest.</returns>
    public KeyConfig? FindKey(ReadOnlySpan<byte> sha256) => _keysByDigest.GetValueOrDefault(KeyDigest.Of(sha256));

    /// <returns>The same catalog with an ensemble in the place of that of its name.</returns>
    internal CatalogSnapshot With(EnsembleConfig ensemble) =>
        new(Revision, Models.Values, Ensembles.Values.Select(other => other.DisplayName == ensemble.DisplayName ? ensemble : other), Keys);
}
