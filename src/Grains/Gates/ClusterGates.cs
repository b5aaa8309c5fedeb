using Ensemble.Gates;

namespace Ensemble.Grains.Gates;

/// <summary>The gates of the whole cluster: each is one grain, wherever it lives.</summary>
public sealed class ClusterGates(IGrainFactory grains) : IGate
{
    public ValueTask<GateAdmission> AcquireAsync(GateRequest request, CancellationToken cancellationToken) => Grain(request.Gate).AcquireAsync(request);

    public ValueTask RenewAsync(GateKey gate, IReadOnlyList<GateLease> leases, CancellationToken cancellationToken) => Grain(gate).RenewAsync([.. leases]);

    public ValueTask ReleaseAsync(GateLease lease, GateRelease release) => Grain(lease.Gate).ReleaseAsync(lease, release);

    public ValueTask<GateRefusal?> RefusalAsync(GateKey gate, long tokens, CancellationToken cancellationToken) => Grain(gate).RefusalAsync(tokens);

    public ValueTask<GateStatus> StatusAsync(GateKey gate, CancellationToken cancellationToken) => Grain(gate).StatusAsync();

    private IGateGrain Grain(GateKey gate) => gate.Kind == GateKind.Model
        ? grains.GetGrain<IModelCallGrain>(gate.Name)
        : grains.GetGrain<ICallerGateGrain>(gate.ToString());
}
