using Ensemble.Catalog;
using Ensemble.Gates;
using Ensemble.Usage;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.GrainDirectory;

namespace Ensemble.Grains.Gates;

/// <summary>Lets in whoever comes while it waits for reports: what it decides, it decides at once.</summary>
[Reentrant]
[GrainDirectory(GateGrain.Directory)]
internal sealed class ModelCallGrain(ICatalog catalog, IGateStore store, IUsageSink usage, TimeProvider time, ILogger<ModelCallGrain> logger)
    : GateGrain(GateKey.Model, catalog, store, usage, time, logger), IModelCallGrain;
