using Ensemble.Gates;

namespace Ensemble.Grains.Gates;

/// <summary>A process that was given a pass, for the gate that gave it.</summary>
[Alias(WireNames.GateContact)]
public interface IGateContact : IGrainObserver
{
    /// <inheritdoc cref="IGateClient.ReportAsync"/>
    [Alias("report")]
    [ResponseTimeout("00:00:02")]
    Task<GateReport?> ReportAsync(GateKey gate, long? revokes);
}
