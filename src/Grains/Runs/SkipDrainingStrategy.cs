using Orleans.Placement;

namespace Ensemble.Grains.Runs;

/// <summary>The name of this type is in what silos tell each other of their grains: it stays.</summary>
internal sealed class SkipDrainingStrategy() : PlacementFilterStrategy(order: 0);
