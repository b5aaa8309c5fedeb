using Ensemble.Members;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Ensemble.Grains.Members;

/// <summary>What this process says of itself, and how many grains of each kind live in it.</summary>
[Reentrant]
internal sealed class NodeService(
    GrainId id, Orleans.Runtime.Silo silo, ILoggerFactory loggers, NodeReporter reporter, IGrainFactory grains)
    : GrainService(id, silo, loggers), INodeService
{
    private readonly SiloAddress[] _here = [silo.SiloAddress];

    public async Task<byte[]> ReportAsync()
    {
        // Counters of this silo: it asks nobody else.
        var counts = await grains.GetGrain<IManagementGrain>(0).GetSimpleGrainStatistics(_here);
        return MembersJson.Write(reporter.Report() with
        {
            Activations = ActivationKinds.Sum(counts.Select(static count => (count.GrainType, count.ActivationCount))),
        });
    }
}
