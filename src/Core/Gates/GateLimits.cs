using Ensemble.Catalog;

namespace Ensemble.Gates;

/// <summary>What holds for a gate; null = no limit of that kind.</summary>
/// <param name="Cooldown">Null = failures are nobody's business here, as for callers.</param>
public sealed record GateLimits(RateLimitConfig? Rate, CooldownConfig? Cooldown)
{
    public static readonly GateLimits None = new(null, null);

    /// <summary>Whether requests, tokens or calls in flight are bounded.</summary>
    public bool HasRate => Rate is { Rpm: not null } or { Tpm: not null } or { Rpd: not null } or { Concurrency: not null };

    /// <returns>Null where the catalog does not know whom the gate is for.</returns>
    public static GateLimits? Of(CatalogSnapshot catalog, GateKey gate) => gate.Kind switch
    {
        GateKind.Model => catalog.Models.TryGetValue(gate.Name, out var model) ? new GateLimits(model.RateLimit, model.Cooldown) : null,
        GateKind.Alias => catalog.Ensembles.TryGetValue(gate.Name, out var ensemble) ? new GateLimits(ensemble.RateLimit, null) : null,
        _ => catalog.KeysByName.TryGetValue(gate.Name, out var key) ? new GateLimits(key.RateLimit, null) : null,
    };
}
