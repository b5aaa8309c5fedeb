using Ensemble.Chat;
using Ensemble.Usage;

namespace Ensemble.Runs;

/// <summary>A sub-call and what it took.</summary>
public sealed record SubCallManifest(UsageEvent Usage)
{
    /// <summary>As the provider reported it; null where it did not.</summary>
    public TokenUsage? Reported { get; init; }

    /// <summary>Taken over from an earlier incarnation, which paid for it.</summary>
    public bool IsRemembered { get; init; }

    /// <summary>The version of the built-in wording that it asked with; null = the caller's own words.</summary>
    public string? Prompt { get; init; }

    /// <summary>The seed that was sent; null = none was.</summary>
    public long? Seed { get; init; }

    /// <summary>Request fields that the provider does not take.</summary>
    public IReadOnlyList<string> DroppedParameters { get; init; } = [];

    /// <summary>In the provider's words: for those who may read names.</summary>
    public string? Error { get; init; }
}
