using Ensemble.Catalog;
using Ensemble.Gates;
using Ensemble.Usage;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.GrainDirectory;

namespace Ensemble.Grains.Gates;

/// <summary>Reentrant: it takes calls while it waits for reports, and each decision is made without waiting.</summary>
[Reentrant]
[GrainDirectory(GateGrain.Directory)]
internal sealed class CallerGateGrain(
    ICatalog catalog, IGateStore store, IUsageSink usage, TimeProvider time, ILogger<CallerGateGrain> logger)
    : GateGrain(Parse, catalog, store, usage, time, logger), ICallerGateGrain
{
    private static GateKey Parse(string name) =>
        GateKey.TryParse(name, out var key) && key.Kind != GateKind.Model ? key : throw new ArgumentException(
            $"'{name}' names no gate of callers.", nameof(name));
}
