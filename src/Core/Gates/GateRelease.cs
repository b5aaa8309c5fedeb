using Ensemble.Upstreams;

namespace Ensemble.Gates;

/// <summary>What became of what a lease stood for.</summary>
/// <param name="Tokens">Prompt and completion as they were; null = not known, and what was held stays counted.</param>
/// <param name="RetryAfter">How long the provider asked to be left alone.</param>
/// <param name="IsUnused">Nothing was done with the lease: the request does not count, neither do its tokens.</param>
public readonly record struct GateRelease(CallOutcome Outcome, long? Tokens, TimeSpan? RetryAfter, bool IsUnused = false)
{
    public static readonly GateRelease Unused = new(CallOutcome.Cancelled, 0, null, IsUnused: true);
}
