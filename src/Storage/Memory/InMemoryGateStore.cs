using Ensemble.Gates;

namespace Ensemble.Storage.Memory;

/// <summary>
/// Keeps gates as long as its process lives. Beyond its bound it forgets the gate that was used longest ago: its keeper is told that
/// it lost the gate, takes over again, and starts without a snapshot.
/// </summary>
/// <param name="maxGates">How many are kept. Default 32,768, which is more than a catalog can name.</param>
/// <param name="maxSnapshotBytes">All snapshots together, in bytes. Default 64 MiB.</param>
public sealed class InMemoryGateStore(int maxGates = 32_768, long maxSnapshotBytes = 64L * 1024 * 1024) : IGateStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<StoredGateEntry>> _gates = new(StringComparer.Ordinal);
    private readonly LinkedList<StoredGateEntry> _byUse = [];

    // One for all gates: so a gate that was forgotten never hands out an epoch for the second time.
    private long _lastEpoch;
    private long _snapshotBytes;

    public Task<StoredGate> TakeOverAsync(string gate, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var node = _gates.TryGetValue(gate, out var known) ? known : Add(gate);
            node.Value.Epoch = ++_lastEpoch;
            Touch(node);
            return Task.FromResult(new StoredGate(node.Value.Epoch, node.Value.Snapshot));
        }
    }

    public Task<bool> SaveAsync(string gate, long epoch, ReadOnlyMemory<byte> snapshot, CancellationToken cancellationToken)
    {
        StoredGate.CheckSnapshot(snapshot);
        lock (_lock)
        {
            if (!_gates.TryGetValue(gate, out var node) || node.Value.Epoch != epoch)
            {
                return Task.FromResult(false);
            }

            _snapshotBytes += snapshot.Length - (node.Value.Snapshot?.Length ?? 0);
            node.Value.Snapshot = snapshot.ToArray();
            Touch(node);
            while (_snapshotBytes > maxSnapshotBytes && _gates.Count > 1)
            {
                ForgetOldest();
            }

            return Task.FromResult(true);
        }
    }

    private LinkedListNode<StoredGateEntry> Add(string gate)
    {
        if (_gates.Count >= maxGates)
        {
            ForgetOldest();
        }

        var node = _byUse.AddLast(new StoredGateEntry(gate));
        _gates.Add(gate, node);
        return node;
    }

    private void ForgetOldest()
    {
        var oldest = _byUse.First!.Value;
        _byUse.RemoveFirst();
        _gates.Remove(oldest.Gate);
        _snapshotBytes -= oldest.Snapshot?.Length ?? 0;
    }

    private void Touch(LinkedListNode<StoredGateEntry> node)
    {
        _byUse.Remove(node);
        _byUse.AddLast(node);
    }

    private sealed class StoredGateEntry(string gate)
    {
        public string Gate { get; } = gate;

        public long Epoch { get; set; }

        public ReadOnlyMemory<byte>? Snapshot { get; set; }
    }
}
