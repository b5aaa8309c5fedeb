using Ensemble.Catalog;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ensemble.Gates;

/// <summary>The gates of one process that belongs to no cluster. In a node, grains keep them. Thread-safe.</summary>
public class ProcessGates(ICatalog catalog, IGateStore store, TimeProvider time) : IGateAuthority, IGateHosts
{
    private readonly Dictionary<GateKey, Task<GateHost>> _gates = [];

    public IEnumerable<GateHost> Hosts
    {
        get
        {
            Task<GateHost>[] opened;
            lock (_gates)
            {
                opened = [.. _gates.Values];
            }

            foreach (var gate in opened)
            {
                if (gate.IsCompletedSuccessfully)
                {
                    yield return gate.GetAwaiter().GetResult();
                }
            }
        }
    }

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
                _gates[key] = gate = GateHost.OpenAsync(key, catalog, store, time, NullLogger.Instance);
            }

            return gate;
        }
    }
}
