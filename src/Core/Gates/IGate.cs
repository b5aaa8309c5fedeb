namespace Ensemble.Gates;

/// <summary>
/// Admits calls to what is limited: a model, an ensemble, a caller's key. Keys are <c>model:NAME</c>, <c>alias:NAME</c>,
/// <c>caller:NAME</c>.
/// </summary>
public interface IGate
{
    /// <returns>At once: a lease, or the reason why there is none.</returns>
    ValueTask<GateAdmission> AcquireAsync(GateRequest request, CancellationToken cancellationToken);

    /// <summary>Keeps leases from expiring. Leases that are unknown or expired are ignored.</summary>
    ValueTask RenewAsync(IReadOnlyList<GateLease> leases, CancellationToken cancellationToken);

    /// <summary>Gives a lease back. A second release of the same lease does nothing.</summary>
    ValueTask ReleaseAsync(GateLease lease, GateRelease release);
}
