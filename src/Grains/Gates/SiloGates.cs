using System.Collections.Concurrent;
using Ensemble.Gates;

namespace Ensemble.Grains.Gates;

/// <summary>The gates whose grains live in this silo.</summary>
internal sealed class SiloGates : IGateHosts
{
    private readonly ConcurrentDictionary<GateHost, bool> _kept = new();

    public IEnumerable<GateHost> Hosts => _kept.Keys;

    public void Add(GateHost gate) => _kept[gate] = true;

    public void Remove(GateHost gate) => _kept.TryRemove(gate, out _);
}
