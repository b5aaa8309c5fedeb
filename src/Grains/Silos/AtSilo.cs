using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace Ensemble.Grains.Silos;

/// <summary>Activations are on the silo whose address is their key, and nowhere else.</summary>
internal sealed class AtSiloAttribute() : PlacementFilterAttribute(new AtSiloStrategy());

/// <summary>The name of this type is in what silos tell each other of their grains: it stays.</summary>
internal sealed class AtSiloStrategy() : PlacementFilterStrategy(order: 0);

internal sealed class AtSiloDirector : IPlacementFilterDirector
{
    public IEnumerable<SiloAddress> Filter(
        PlacementFilterStrategy filterStrategy, PlacementTarget target, IEnumerable<SiloAddress> silos) =>
        silos.Where(silo => target.GrainIdentity.Key.ToString() == silo.ToParsableString());
}
