namespace Ensemble.Gates;

/// <summary>
/// The right to one call, until it is released, or expires unrenewed. It is whole: a gate that moved to another machine takes
/// up again what it is shown.
/// </summary>
/// <param name="Epoch">Of the keeper that gave it.</param>
/// <param name="AdmittedAt">By the gate's clock, in milliseconds since 1970.</param>
/// <param name="Tokens">What is held for it.</param>
/// <param name="IsProbe">Whether its outcome decides if a cooldown is over.</param>
public sealed record GateLease(GateKey Gate, Guid Id, long Epoch, long AdmittedAt, long Tokens, bool IsProbe, GateHolder? Holder)
{
    /// <summary>How long a lease lives without being renewed.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);

    /// <summary>How often a holder renews its leases.</summary>
    public static readonly TimeSpan RenewalInterval = TimeSpan.FromSeconds(10);
}

/// <summary>The end of a call that was reported as begun.</summary>
/// <param name="Tokens">Prompt and completion; null = not known, and what was held stays counted.</param>
/// <param name="IsUnused">No call was made: it counts neither as a request nor with tokens.</param>
public readonly record struct GateEnd(Guid Lease, long? Tokens, bool IsUnused);

/// <summary>The sub-call that a lease was given to: what a usage event needs where nobody comes back to tell.</summary>
/// <param name="Ensemble">The alias that the caller named.</param>
public sealed record GateHolder(RunId Run, int Incarnation, string Ensemble, SubCallRole Role, SubCallKey Key);
