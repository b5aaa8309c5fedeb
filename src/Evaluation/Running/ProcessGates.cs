using Ensemble.Catalog;
using Ensemble.Gates;
using Ensemble.Storage.Memory;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ensemble.Evaluation.Running;

/// <summary>The gates of the models, in this process alone: what a cluster's grains do for all nodes.</summary>
internal sealed class ProcessGates(ICatalog catalog, TimeProvider time) : IGateAuthority
{
    private readonly Dictionary<GateKey, Task<GateHost>> _gates = [];
    private readonly InMemoryGateStore _store = new();

    public async ValueTask<GateAdmission> AcquireAsync(GateRequest request, CancellationToken cancellationToken) =>
        await (await OpenAsync(request.Gate)).AcquireAsync(request);

    public async ValueTask RenewAsync(GateKey gate, IReadOnlyList<GateLease> leases, CancellationToken cancellationToken) =>
        (await OpenAsync(gate)).Renew(leases);

    public async ValueTask ReleaseAsync(GateLease lease, GateRelease release) => (await OpenAsync(lease.Gate)).Release(lease, release);

    public async ValueTask<GateGrant> ReportAsync(
        GateKey gate, GateReport report, IGateClient holder, CancellationToken cancellationToken) =>
        await (await OpenAsync(gate)).ReportAsync(report, holder);

    public async ValueTask<GateRefusal?> RefusalAsync(GateKey gate, long tokens, CancellationToken cancellationToken) =>
        await (await OpenAsync(gate)).RefuseAsync(tokens);

    public async ValueTask<GateStatus> StatusAsync(GateKey gate, CancellationToken cancellationToken) =>
        await (await OpenAsync(gate)).StatusAsync();

    private Task<GateHost> OpenAsync(GateKey key)
    {
        lock (_gates)
        {
            if (!_gates.TryGetValue(key, out var gate))
            {
                _gates[key] = gate = GateHost.OpenAsync(key, catalog, _store, time, NullLogger.Instance);
            }

            return gate;
        }
    }
}
