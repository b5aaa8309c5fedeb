using Orleans.Placement;

namespace Ensemble.Grains.Silos;

/// <summary>The name of this type is in what silos tell each other of their grains: it stays.</summary>
internal sealed class AtSiloStrategy() : PlacementFilterStrategy(order: 0);
