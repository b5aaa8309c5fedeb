using System.Security.Cryptography;
using System.Text;
using Ensemble.Catalog;

namespace Ensemble.Testing;

/// <summary>Puts a catalog together.</summary>
public sealed class CatalogBuilder
{
    private readonly List<ModelConfig> _models = [];
    private readonly List<EnsembleConfig> _ensembles = [];
    private readonly List<KeyConfig> _keys = [];

    public CatalogBuilder Add(params ModelConfig[] models)
    {
        _models.AddRange(models);
        return this;
    }

    public CatalogBuilder Add(params EnsembleConfig[] ensembles)
    {
        _ensembles.AddRange(ensembles);
        return this;
    }

    /// <summary>Lets in whoever shows <paramref name="key"/>.</summary>
    /// <param name="allowed">Globs over aliases; null = all.</param>
    public CatalogBuilder AddKey(
        string key,
        IReadOnlyList<string>? allowed = null,
        DateTimeOffset? expiresAt = null,
        bool disabled = false,
        bool readManifests = false,
        RateLimitConfig? limits = null,
        decimal? monthlyBudgetUsd = null)
    {
        _keys.Add(new KeyConfig
        {
            Name = $"key-{_keys.Count + 1}",
            Sha256 = SHA256.HashData(Encoding.UTF8.GetBytes(key)),
            AllowedModels = allowed ?? ["*"],
            ExpiresAt = expiresAt,
            Disabled = disabled,
            ReadManifests = readManifests,
            RateLimit = limits,
            MonthlyBudgetUsd = monthlyBudgetUsd,
        });
        return this;
    }

    public CatalogSnapshot Build(long revision = 1) => new(revision, _models, _ensembles, _keys);
}
