namespace Ensemble.Gates;

/// <summary>
/// The right to one call, until it is released, or expires unrenewed. It is whole: a gate that moved to another machine takes
/// up again what it is shown.
/// </summary>
/// <param name="Epoch">Of the keeper that gave it.</param>
/// <param name="AdmittedAt">By the gate's clock, in milliseconds since 1970.</param>
/// <param name="Tokens">What is held for it.</param>
/// <param name="IsProbe">Whether its outcome decides if a cooldown is over.</param>
[GenerateSerializer(IncludePrimaryConstructorParameters = false)]
[Immutable]
public sealed record GateLease(
    [property: Id(0)] GateKey Gate,
    [property: Id(1)] Guid Id,
    [property: Id(2)] long Epoch,
    [property: Id(3)] long AdmittedAt,
    [property: Id(4)] long Tokens,
    [property: Id(5)] bool IsProbe,
    [property: Id(6)] GateHolder? Holder)
{
    /// <summary>How long a lease lives without being renewed.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);

    /// <summary>How often a holder renews its leases.</summary>
    public static readonly TimeSpan RenewalInterval = TimeSpan.FromSeconds(10);
}

/// <summary>The end of a call that was reported as begun.</summary>
/// <param name="Tokens">Prompt and completion; null = not known, and what was held stays counted.</param>
/// <param name="IsUnused">No call was made: it counts neither as a request nor with tokens.</param>
[GenerateSerializer(IncludePrimaryConstructorParameters = false)]
[Immutable]
public readonly record struct GateEnd(
    [property: Id(0)] Guid Lease,
    [property: Id(1)] long? Tokens,
    [property: Id(2)] bool IsUnused);

/// <summary>The sub-call that a lease was given to: what a usage event needs where nobody comes back to tell.</summary>
/// <param name="Ensemble">The alias that the caller named.</param>
[GenerateSerializer(IncludePrimaryConstructorParameters = false)]
[Immutable]
public sealed record GateHolder(
    [property: Id(0)] RunId Run,
    [property: Id(1)] int Incarnation,
    [property: Id(2)] string Ensemble,
    [property: Id(3)] SubCallRole Role,
    [property: Id(4)] SubCallStep Step,
    [property: Id(5)] int Member,
    [property: Id(6)] int Sample)
{
    public GateHolder(RunId run, int incarnation, string ensemble, SubCallRole role, SubCallKey key)
        : this(run, incarnation, ensemble, role, key.Step, key.Member, key.Sample)
    {
    }

    public SubCallKey Key => new(Step, Member, Sample);
}
