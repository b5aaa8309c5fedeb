namespace Ensemble.Gates;

/// <summary>Admits what is limited: calls to a model, requests for an ensemble, requests of a caller. Asking twice changes nothing.</summary>
public interface IGate
{
    /// <returns>At once: a lease, or the reason why there is none.</returns>
    ValueTask<GateAdmission> AcquireAsync(GateRequest request, CancellationToken cancellationToken);

    /// <summary>Keeps leases of one gate from expiring. Leases that have ended are passed over.</summary>
    ValueTask RenewAsync(GateKey gate, IReadOnlyList<GateLease> leases, CancellationToken cancellationToken);

    /// <summary>Gives a lease back. A second release of the same lease does nothing.</summary>
    ValueTask ReleaseAsync(GateLease lease, GateRelease release);

    /// <returns>What a request for so many tokens would be refused for now; null = nothing. Counts nothing.</returns>
    ValueTask<GateRefusal?> RefusalAsync(GateKey gate, long tokens, CancellationToken cancellationToken);

    ValueTask<GateStatus> StatusAsync(GateKey gate, CancellationToken cancellationToken);
}
