using Ensemble.Gates;

namespace Ensemble.Telemetry;

/// <summary>Gates whose answers are measured.</summary>
public sealed class MeteredGates(IGate gates, GateInstruments instruments) : IGate, IAsyncDisposable
{
    public async ValueTask<GateAdmission> AcquireAsync(GateRequest request, CancellationToken cancellationToken)
    {
        var admission = await gates.AcquireAsync(request, cancellationToken);
        instruments.OnAnswered(request.Gate, admission);
        return admission;
    }

    public ValueTask RenewAsync(GateKey gate, IReadOnlyList<GateLease> leases, CancellationToken cancellationToken) => gates.RenewAsync(gate, leases, cancellationToken);

    public ValueTask ReleaseAsync(GateLease lease, GateRelease release)
    {
        instruments.OnReleased(lease.Gate);
        return gates.ReleaseAsync(lease, release);
    }

    public ValueTask<GateRefusal?> RefusalAsync(GateKey gate, long tokens, CancellationToken cancellationToken) => gates.RefusalAsync(gate, tokens, cancellationToken);

    public ValueTask<GateStatus> StatusAsync(GateKey gate, CancellationToken cancellationToken) => gates.StatusAsync(gate, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        switch (gates)
        {
            case IAsyncDisposable asynchronous:
                await asynchronous.DisposeAsync();
                break;
            case IDisposable synchronous:
                synchronous.Dispose();
                break;
        }
    }
}
