using Ensemble.Catalog;
using Ensemble.Gates;
using Ensemble.Usage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ensemble.Testing;

/// <summary>Gates as their grains keep them, in this process and on a clock of the test.</summary>
public sealed class TestGates : IGateAuthority, IGateHosts, IAsyncDisposable
{
    private readonly Dictionary<GateKey, Task<GateHost>> _gates = [];
    private readonly ICatalog _catalog;
    private readonly TimeProvider _time;
    private readonly IGateStore _store;
    private readonly IUsageSink _usage;
    private readonly ITimer _timer;

    public TestGates(ICatalog catalog, TimeProvider time, IGateStore store, IUsageSink usage)
    {
        (_catalog, _time, _store, _usage) = (catalog, time, store, usage);
        _timer = time.CreateTimer(static state => _ = ((TestGates)state!).SaveAsync(), this, GateHost.SaveInterval, GateHost.SaveInterval);
    }

    public IEnumerable<GateHost> Hosts
    {
        get
        {
            foreach (var gate in Opened)
            {
                if (gate.IsCompletedSuccessfully)
                {
                    yield return gate.GetAwaiter().GetResult();
                }
            }
        }
    }

    private Task<GateHost>[] Opened
    {
        get
        {
            lock (_gates)
            {
                return [.. _gates.Values];
            }
        }
    }

    public async ValueTask<GateAdmission> AcquireAsync(GateRequest request, CancellationToken cancellationToken) =>
        await (await OpenAsync(request.Gate)).AcquireAsync(request);

    public async ValueTask RenewAsync(GateKey gate, IReadOnlyList<GateLease> leases, CancellationToken cancellationToken) =>
        (await OpenAsync(gate)).Renew(leases);

    public async ValueTask ReleaseAsync(GateLease lease, GateRelease release) => (await OpenAsync(lease.Gate)).Release(lease, release);

    public async ValueTask<GateGrant> ReportAsync(GateKey gate, GateReport report, IGateClient holder,
        CancellationToken cancellationToken) =>
        await (await OpenAsync(gate)).ReportAsync(report, holder);

    public async ValueTask<GateRefusal?> RefusalAsync(GateKey gate, long tokens, CancellationToken cancellationToken) =>
        await (await OpenAsync(gate)).RefuseAsync(tokens);

    public async ValueTask<GateStatus> StatusAsync(GateKey gate, CancellationToken cancellationToken) => await (await OpenAsync(gate)).StatusAsync();

    /// <summary>Saves what has changed.</summary>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        await SaveAsync();
    }

    private Task<GateHost> OpenAsync(GateKey key)
    {
        lock (_gates)
        {
            if (!_gates.TryGetValue(key, out var gate))
            {
                _gates[key] = gate = GateHost.OpenAsync(key, _catalog, _store, _time, NullLogger.Instance);
            }

            return gate;
        }
    }

    private async Task SaveAsync()
    {
        foreach (var gate in Hosts)
        {
            gate.ReportExpired(_usage);
            await gate.SaveAsync();
        }
    }
}
