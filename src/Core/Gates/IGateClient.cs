namespace Ensemble.Gates;

/// <summary>A process with a pass, as the gate's authority sees it.</summary>
public interface IGateClient
{
    /// <param name="revokes">Passes of a smaller <see cref="GateGrant.Number"/> end with it, be it that they have not arrived yet; null =
    /// none does.</param>
    /// <returns>Null where the process knows nothing of this gate.</returns>
    Task<GateReport?> ReportAsync(GateKey gate, long? revokes);
}
