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

/// <summary>When a failing model is left alone, and for how long.</summary>
public sealed record CooldownConfig
{
    /// <summary>Consecutive failures that trip it. Default 3.</summary>
    public int AfterFailures { get; init; } = 3;

    /// <summary>The first pause; doubles with each trip. Default 30 s.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest pause. Default 600 s.</summary>
    public TimeSpan MaxPause { get; init; } = TimeSpan.FromSeconds(600);

    public static readonly CooldownConfig Default = new();
}
