namespace Ensemble.Catalog;

/// <summary>A caller's key, known by its hash alone.</summary>
public sealed record KeyConfig
{
    public required string Name { get; init; }

    /// <summary>SHA-256 of the key's UTF-8 bytes.</summary>
    public required ReadOnlyMemory<byte> Sha256 { get; init; }

    /// <summary>Globs (<c>*</c>, <c>?</c>) over aliases. Default: all.</summary>
    public IReadOnlyList<string> AllowedModels { get; init; } = ["*"];

    /// <summary>Of all this caller's requests; tokens are those of every call that is made for them.</summary>
    public RateLimitConfig? RateLimit { get; init; }

    /// <summary>What this caller's calls may cost in a calendar month (UTC), in US dollars; null = any.</summary>
    public decimal? MonthlyBudgetUsd { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public bool Disabled { get; init; }

    /// <summary>Whether the names of members, judges and providers may be shown to this caller.</summary>
    public bool ReadManifests { get; init; }
}
