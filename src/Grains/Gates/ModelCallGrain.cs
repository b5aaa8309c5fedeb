using Ensemble.Catalog;
using Ensemble.Gates;
using Ensemble.Usage;
using Microsoft.Extensions.Logging;
using Orleans.GrainDirectory;

namespace Ensemble.Grains.Gates;

[GrainDirectory(GateGrain.Directory)]
internal sealed class ModelCallGrain(ICatalog catalog, IGateStore store, IUsageSink usage, TimeProvider time, ILogger<ModelCallGrain> logger)
    : GateGrain(GateKey.Model, catalog, store, usage, time, logger), IModelCallGrain;
