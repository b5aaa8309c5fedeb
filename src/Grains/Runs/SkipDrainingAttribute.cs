using Orleans.Placement;

namespace Ensemble.Grains.Runs;

/// <summary>
/// New activations go to the silo that has the run already, where the call says which; else past the silo that places them while that one
/// stops: its gateway is open to the last.
/// </summary>
internal sealed class SkipDrainingAttribute() : PlacementFilterAttribute(new SkipDrainingStrategy());
