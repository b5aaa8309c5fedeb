using Ensemble.Gates;

namespace Ensemble.Grains.Gates;

/// <summary>This process, as gates reach it.</summary>
internal sealed class GateContact(IGateClient holder) : IGateContact
{
    public Task<GateReport?> ReportAsync(GateKey gate, long? revokes) => holder.ReportAsync(gate, revokes);
}

/// <summary>A process that was given a pass, for the gate that gave it.</summary>
[Alias(WireNames.GateContact)]
public interface IGateContact : IGrainObserver
{
    /// <inheritdoc cref="IGateClient.ReportAsync"/>
    [Alias("report")]
    [ResponseTimeout("00:00:02")]
    Task<GateReport?> ReportAsync(GateKey gate, long? revokes);
}
