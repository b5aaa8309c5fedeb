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
internal sealed class ModelCallGrain(
    ICatalog catalog, IGateStore store, IUsageSink usage, TimeProvider time, ILogger<ModelCallGrain> logger)
    : GateGrain(GateKey.Model, catalog, store, usage, time, logger), IModelCallGrain;
