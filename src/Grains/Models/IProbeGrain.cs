using Ensemble.Models;
using Orleans.CodeGeneration;
using Orleans.Concurrency;

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

[StatelessWorker]
[Reentrant]
internal sealed class ProbeGrain(ModelProbe probe) : Grain, IProbeGrain
{
    public async Task<byte[]> ProbeAsync(byte[] catalog, CancellationToken cancellationToken) =>
        ProbeReportJson.Write(await probe.ProbeAsync(catalog, cancellationToken));
}
