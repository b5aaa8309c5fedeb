using Ensemble.Gates;
using Ensemble.Upstreams;

namespace Ensemble.Usage;

/// <summary>What one sub-call took, whatever became of it. One event a sub-call, however many attempts it had.</summary>
public sealed record UsageEvent
{
    /// <summary>What goes of one call, or run, into sums, where it took more: 10^13 tokens, or nano dollars.</summary>
    public const long MaxSummed = 10_000_000_000_000;

    public required RunId Run { get; init; }

    public required int Incarnation { get; init; }

    /// <summary>The alias that the caller named.</summary>
    public required string Ensemble { get; init; }

    /// <summary>The name of the caller's key; null = a caller without one, or nobody knows.</summary>
    public string? Caller { get; init; }

    public required SubCallRole Role { get; init; }

    public required SubCallKey Key { get; init; }

    /// <summary>The called model's alias.</summary>
    public required string Model { get; init; }

    public required CallOutcome Outcome { get; init; }

    /// <summary>Upstream calls made; 0 where the gate refused.</summary>
    public required int Attempts { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>From the start to the first content; null where none came, or the answer came whole.</summary>
    public TimeSpan? FirstToken { get; init; }

    public required TimeSpan Total { get; init; }

    /// <summary>Null where it was neither reported nor can be estimated.</summary>
    public long? PromptTokens { get; init; }

    /// <summary>Null where it was neither reported nor can be estimated.</summary>
    public long? CompletionTokens { get; init; }

    /// <summary>Of the prompt, read from the provider's cache; null where it did not say.</summary>
    public long? CachedTokens { get; init; }

    /// <summary>Of the prompt, written to the provider's cache; null where it did not say.</summary>
    public long? CacheWriteTokens { get; init; }

    /// <summary>Of the completion, spent on reasoning; null where the provider did not say.</summary>
    public long? ReasoningTokens { get; init; }

    public required UsageSource Source { get; init; }

    /// <summary>Null where the price or a number of tokens is unknown.</summary>
    public decimal? CostUsd { get; init; }

    /// <summary>For a call whose end nobody reported, by its lease.</summary>
    /// <exception cref="ArgumentException">The lease has no holder.</exception>
    public static UsageEvent OfLost(GateLease lease)
    {
        var holder = lease.Holder ?? throw new ArgumentException("The lease has no holder.", nameof(lease));
        return new UsageEvent
        {
            Run = holder.Run,
            Incarnation = holder.Incarnation,
            Ensemble = holder.Ensemble,
            Role = holder.Role,
            Key = holder.Key,
            Model = lease.Gate.Name,
            Outcome = CallOutcome.Lost,
            Attempts = 1,
            StartedAt = DateTimeOffset.FromUnixTimeMilliseconds(lease.AdmittedAt),
            Total = GateLease.Lifetime,
            Source = UsageSource.None,
        };
    }
}

/// <summary>Where a number of tokens comes from.</summary>
public enum UsageSource
{
    /// <summary>Nothing is known, or nothing was called.</summary>
    None,

    /// <summary>The provider said so.</summary>
    Reported,

    /// <summary>Counted from the text that is known, by <see cref="TokenEstimate"/>.</summary>
    Estimated,
}

/// <summary>What makes a sub-call one and the same in the accounts.</summary>
public readonly record struct SubCallId(RunId Run, int Incarnation, SubCallKey Key)
{
    public static SubCallId Of(UsageEvent usage) => new(usage.Run, usage.Incarnation, usage.Key);
}
