using Ensemble.Models;
using Orleans.CodeGeneration;

namespace Ensemble.Grains.Models;

/// <summary>Probes models from a silo, which has the way and the keys to their providers. Any silo does.</summary>
[Alias(WireNames.ProbeGrain)]
[Version(1)]
public interface IProbeGrain : IGrainWithIntegerKey
{
    /// <param name="catalog">As <see cref="IModelProbe.ProbeAsync"/> takes it.</param>
    /// <returns>Reports as JSON.</returns>
    [Alias("probe")]
    [ResponseTimeout("00:02:00")]
    Task<byte[]> ProbeAsync([Immutable] byte[] catalog, CancellationToken cancellationToken);
}
