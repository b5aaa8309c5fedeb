using Ensemble.Catalog;
using Ensemble.Gates;
using Ensemble.Usage;
using Microsoft.Extensions.Logging;

namespace Ensemble.Grains.Gates;

internal sealed class ModelCallGrain(ICatalog catalog, IGateStore store, IUsageSink usage, TimeProvider time, ILogger<ModelCallGrain> logger)
    : GateGrain(GateKey.Model, catalog, store, usage, time, logger), IModelCallGrain;
