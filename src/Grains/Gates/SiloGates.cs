using System.Collections.Concurrent;
using Ensemble.Gates;

namespace Ensemble.Grains.Gates;

/// <summary>The gates whose grains live in this silo.</summary>
internal sealed class SiloGates : IKeptGates
{
    private readonly ConcurrentDictionary<KeptGate, bool> _kept = new();

    public IEnumerable<KeptGate> Kept => _kept.Keys;

    public void Add(KeptGate gate) => _kept[gate] = true;

    public void Remove(KeptGate gate) => _kept.TryRemove(gate, out _);
}
