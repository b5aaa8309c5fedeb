using Orleans.CodeGeneration;

namespace Ensemble.Grains.Gates;

/// <summary>
/// A model, by its alias: the cluster's only authority over its limits and its cooldown. It admits and accounts; the calls themselves are
/// made in the silo of the run, so that one popular model does not squeeze through one activation.
/// </summary>
[Alias(WireNames.ModelCallGrain)]
[Version(1)]
public interface IModelCallGrain : IGateGrain;
