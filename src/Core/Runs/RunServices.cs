using Ensemble.Models;
using Ensemble.Usage;

namespace Ensemble.Runs;

/// <summary>What every run uses.</summary>
public sealed record RunServices(IModelCaller Models, IUsageSink Usage, TimeProvider Time);
