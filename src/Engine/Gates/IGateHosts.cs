namespace Ensemble.Gates;

/// <summary>The gates that this process keeps.</summary>
public interface IGateHosts
{
    IEnumerable<GateHost> Hosts { get; }
}
