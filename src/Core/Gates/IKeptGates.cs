namespace Ensemble.Gates;

/// <summary>The gates that this process keeps.</summary>
public interface IKeptGates
{
    IEnumerable<KeptGate> Kept { get; }
}
