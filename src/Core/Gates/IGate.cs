namespace Ensemble.Gates;

/// <summary>Admits what is limited: calls to a model, requests for an ensemble, requests of a caller.</summary>
public interface IGate
{
    /// <returns>At once: a lease, or the reason why there is none.</returns>
    ValueTask<GateAdmission> AcquireAsync(GateRequest request, CancellationToken cancellationToken);

    /// <summary>Gives a lease back, without waiting for another process. A second release of the same lease does nothing.</summary>
    ValueTask ReleaseAsync(GateLease lease, GateRelease release);

    /// <returns>What a request for so many tokens would be refused for now; null = nothing. Counts nothing.</returns>
    ValueTask<GateRefusal?> RefusalAsync(GateKey gate, long tokens, CancellationToken cancellationToken);

    ValueTask<GateStatus> StatusAsync(GateKey gate, CancellationToken cancellationToken);
}
