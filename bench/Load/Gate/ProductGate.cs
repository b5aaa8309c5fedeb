using System.Diagnostics.Metrics;
using Ensemble.Catalog;
using Ensemble.Catalog.Serving;
using Ensemble.Gates;
using Ensemble.Storage.Memory;
using Ensemble.Testing;
using Ensemble.Upstreams;
using Ensemble.Usage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ensemble.Load.Gate;

/// <summary>The product's gates as a node has them, without the calls of their grains: a hot model with all four limits and a cooldown, leases renewed, states saved.</summary>
internal sealed class ProductGate : IGateSubject
{
    private static readonly GateKey Key = GateKey.Model("hot");

    private static readonly GateHolder Holder = new(RunId.New(), 1, "bench", SubCallRole.Panel, new SubCallKey(SubCallStep.Candidate, 0, 0));

    private readonly TestGates _gates;
    private readonly Meter _meter = new("bench");
    private readonly GateAgent _agent;

    public ProductGate()
    {
        var model = new ModelConfig
        {
            DisplayName = Key.Name,
            Provider = ProviderKind.Simulated,
            Model = Key.Name,
            RateLimit = new RateLimitConfig { Rpm = int.MaxValue, Rpd = int.MaxValue, Tpm = long.MaxValue / 2, Concurrency = 10_000 },
        };
        var catalog = new StaticCatalog(new CatalogSnapshot(1, [model], [], []));
        _gates = new TestGates(catalog, TimeProvider.System, new InMemoryGateStore(), new NoUsageSink());
        _agent = new GateAgent(_gates, catalog, TimeProvider.System, new GateInstruments(_meter), NullLogger<GateAgent>.Instance);
    }

    public string Name => "product";

    public async ValueTask<bool> PassAsync()
    {
        var admission = await _agent.AcquireAsync(new GateRequest(Key, Guid.NewGuid(), 100, Holder), CancellationToken.None);
        if (admission.Lease is not { } lease)
        {
            return false;
        }

        await _agent.ReleaseAsync(lease, new GateRelease(CallOutcome.Ok, 30, null));
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        await _gates.DisposeAsync();
        _meter.Dispose();
    }
}
