using Ensemble.Execution;
using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace Ensemble.Grains.Runs;

/// <summary>
/// New activations go to the silo that has the run already, where the call says which; else past the silo that places them while that one
/// stops: its gateway is open to the last.
/// </summary>
internal sealed class SkipDrainingAttribute() : PlacementFilterAttribute(new SkipDrainingStrategy());

/// <summary>The name of this type is in what silos tell each other of their grains: it stays.</summary>
internal sealed class SkipDrainingStrategy() : PlacementFilterStrategy(order: 0);

internal sealed class SkipDrainingDirector(RunHost runs, ILocalSiloDetails local) : IPlacementFilterDirector
{
    public IEnumerable<SiloAddress> Filter(PlacementFilterStrategy filterStrategy, PlacementTarget target, IEnumerable<SiloAddress> silos)
    {
        // A run that lost its activation is where its caller has found it before, and nowhere else.
        if (target.RequestContextData?.GetValueOrDefault(IPlacementDirector.PlacementHintKey) is SiloAddress known && silos.Contains(known))
        {
            return [known];
        }

        if (!runs.IsDraining)
        {
            return silos;
        }

        // The last silo says itself that it takes nothing.
        var others = silos.Where(silo => !silo.Equals(local.SiloAddress)).ToList();
        return others.Count > 0 ? others : silos;
    }
}
