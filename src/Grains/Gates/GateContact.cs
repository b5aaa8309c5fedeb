using Ensemble.Gates;

namespace Ensemble.Grains.Gates;

/// <summary>This process, as gates reach it.</summary>
internal sealed class GateContact(IGateClient holder) : IGateContact
{
    public Task<GateReport?> ReportAsync(GateKey gate, long? revokes) => holder.ReportAsync(gate, revokes);
}
