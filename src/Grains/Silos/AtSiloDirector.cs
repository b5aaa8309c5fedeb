using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace Ensemble.Grains.Silos;

internal sealed class AtSiloDirector : IPlacementFilterDirector
{
    public IEnumerable<SiloAddress> Filter(
        PlacementFilterStrategy filterStrategy, PlacementTarget target, IEnumerable<SiloAddress> silos) =>
        silos.Where(silo => target.GrainIdentity.Key.ToString() == silo.ToParsableString());
}
