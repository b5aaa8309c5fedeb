using Ensemble.Upstreams;

namespace Ensemble.Gates;

/// <summary>Asks a gate to let one through.</summary>
/// <param name="Lease">The name of the lease to be given, made by the one who asks: asked again with the same one, the gate gives the same
/// lease.</param>
/// <param name="Tokens">Prompt and longest answer, as estimated; held until the release says what it was.</param>
/// <param name="Holder">Whose account is told when the lease gets lost; null = nobody's.</param>
[GenerateSerializer(IncludePrimaryConstructorParameters = false)]
[Immutable]
public readonly record struct GateRequest(
    [property: Id(0)] GateKey Gate,
    [property: Id(1)] Guid Lease,
    [property: Id(2)] long Tokens,
    [property: Id(3)] GateHolder? Holder);

/// <summary>What became of what a lease stood for.</summary>
/// <param name="Tokens">Prompt and completion as they were; null = not known, and what was held stays counted.</param>
/// <param name="RetryAfter">How long the provider asked to be left alone.</param>
/// <param name="IsUnused">Nothing was done with the lease: the request does not count, neither do its tokens.</param>
[GenerateSerializer(IncludePrimaryConstructorParameters = false)]
[Immutable]
public readonly record struct GateRelease(
    [property: Id(0)] CallOutcome Outcome,
    [property: Id(1)] long? Tokens,
    [property: Id(2)] TimeSpan? RetryAfter,
    [property: Id(3)] bool IsUnused = false)
{
    public static readonly GateRelease Unused = new(CallOutcome.Cancelled, 0, null, IsUnused: true);
}
