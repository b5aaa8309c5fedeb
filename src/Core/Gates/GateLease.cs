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
