using Ensemble.Gates;

namespace Ensemble.Grains.Gates;

/// <summary>Another process, as a gate reaches it.</summary>
internal sealed class RemoteGateClient(IGateContact contact) : IGateClient
{
    public Task<GateReport?> ReportAsync(GateKey gate, long? revokes) => contact.ReportAsync(gate, revokes);
}
