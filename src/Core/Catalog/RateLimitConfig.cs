namespace Ensemble.Catalog;

/// <summary>Limits of a model, an ensemble or a caller's key; null = no limit of that kind.</summary>
public sealed record RateLimitConfig
{
    /// <summary>Requests in any 60 seconds.</summary>
    public int? Rpm { get; init; }

    /// <summary>Tokens in any 60 seconds.</summary>
    public long? Tpm { get; init; }

    /// <summary>Requests in any 24 hours.</summary>
    public int? Rpd { get; init; }

    /// <summary>Calls in flight at once.</summary>
    public int? Concurrency { get; init; }
}
