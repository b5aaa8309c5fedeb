namespace Ensemble.Gates;

/// <summary>Decides what gates admit, for all processes that ask. Asking twice changes nothing.</summary>
public interface IGateAuthority
{
    /// <summary>Admits one.</summary>
    ValueTask<GateAdmission> AcquireAsync(GateRequest request, CancellationToken cancellationToken);

    /// <summary>Keeps leases of one gate from expiring. Leases that have ended are passed over.</summary>
    ValueTask RenewAsync(GateKey gate, IReadOnlyList<GateLease> leases, CancellationToken cancellationToken);

    /// <summary>Gives a lease of <see cref="AcquireAsync"/> back. A second release of the same lease does nothing.</summary>
    ValueTask ReleaseAsync(GateLease lease, GateRelease release);

    /// <summary>Tells what was done without asking, and asks how to go on.</summary>
    /// <param name="holder">Whom the gate asks for a report where it needs one before its time.</param>
    ValueTask<GateGrant> ReportAsync(GateKey gate, GateReport report, IGateClient holder, CancellationToken cancellationToken);

    /// <returns>What a request for so many tokens would be refused for now; null = nothing. Counts nothing.</returns>
    ValueTask<GateRefusal?> RefusalAsync(GateKey gate, long tokens, CancellationToken cancellationToken);

    ValueTask<GateStatus> StatusAsync(GateKey gate, CancellationToken cancellationToken);
}
