using Orleans.Placement;

namespace Ensemble.Grains.Silos;

/// <summary>Activations are on the silo whose address is their key, and nowhere else.</summary>
internal sealed class AtSiloAttribute() : PlacementFilterAttribute(new AtSiloStrategy());
