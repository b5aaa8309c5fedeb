using Ensemble.Upstreams;

namespace Ensemble.Gates;

/// <summary>Asks a gate to let one through.</summary>
/// <param name="Lease">The name of the lease to be given, made by the one who asks: asked again with the same one, the gate gives the same
/// lease.</param>
/// <param name="Tokens">Prompt and longest answer, as estimated; held until the release says what it was.</param>
/// <param name="Holder">Whose account is told when the lease gets lost; null = nobody's.</param>
public readonly record struct GateRequest(GateKey Gate, Guid Lease, long Tokens, GateHolder? Holder);

/// <summary>What became of what a lease stood for.</summary>
/// <param name="Tokens">Prompt and completion as they were; null = not known, and what was held stays counted.</param>
/// <param name="RetryAfter">How long the provider asked to be left alone.</param>
/// <param name="IsUnused">Nothing was done with the lease: the request does not count, neither do its tokens.</param>
public readonly record struct GateRelease(CallOutcome Outcome, long? Tokens, TimeSpan? RetryAfter, bool IsUnused = false)
{
    public static readonly GateRelease Unused = new(CallOutcome.Cancelled, 0, null, IsUnused: true);
}
