using Orleans.Placement;

namespace Ensemble.Grains.Runs;

/// <summary>New activations go past the silo that places them while that one stops: its gateway is open to the last.</summary>
internal sealed class SkipDrainingAttribute() : PlacementFilterAttribute(new SkipDrainingStrategy());
