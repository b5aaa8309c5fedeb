using Ensemble.Members;
using Orleans.Runtime.Services;

namespace Ensemble.Grains.Members;

/// <summary>Asks silos how they stand, from within one.</summary>
internal sealed class NodeServices(IServiceProvider services) : GrainServiceClient<INodeService>(services)
{
    public async Task<NodeReport> ReportAsync(SiloAddress silo) => MembersJson.ReadNode(await GetGrainService(silo).ReportAsync());
}
