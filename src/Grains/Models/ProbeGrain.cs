using Ensemble.Models;
using Orleans.Concurrency;

namespace Ensemble.Grains.Models;

[StatelessWorker]
[Reentrant]
internal sealed class ProbeGrain(ModelProbe probe) : Grain, IProbeGrain
{
    public async Task<byte[]> ProbeAsync(byte[] catalog, CancellationToken cancellationToken) =>
        ProbeReportJson.Write(await probe.ProbeAsync(catalog, cancellationToken));
}
