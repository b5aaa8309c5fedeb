using Ensemble.Runs;

namespace Ensemble.Storage.Memory;

/// <summary>Keeps payloads as long as its process lives. Beyond its bound those that expire soonest go first.</summary>
/// <param name="maxBytes">Payloads that are kept at most, in bytes. Default 256 MiB.</param>
public sealed class InMemoryPanelStore(long maxBytes = 256L * 1024 * 1024) : IPanelStore
{
    /// <summary>What a payload costs besides its bytes, so that empty ones are bounded too.</summary>
    private const int Overhead = 256;

    private readonly Lock _lock = new();
    private readonly Dictionary<RunId, Entry> _panels = [];
    private readonly PriorityQueue<RunId, DateTimeOffset> _byExpiry = new();
    private long _bytes;

    public Task SaveAsync(RunId run, ReadOnlyMemory<byte> payload, DateTimeOffset expiresAt, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_panels.Remove(run, out var earlier))
            {
                _byExpiry.Remove(run, out _, out _);
                _bytes -= earlier.Payload.Length + Overhead;
            }

            _panels[run] = new Entry(payload.ToArray(), expiresAt);
            _byExpiry.Enqueue(run, expiresAt);
            _bytes += payload.Length + Overhead;
            while (_bytes > maxBytes)
            {
                RemoveSoonest();
            }
        }

        return Task.CompletedTask;
    }

    public Task<byte[]?> FindAsync(RunId run, DateTimeOffset now, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult(_panels.TryGetValue(run, out var kept) && kept.ExpiresAt > now ? kept.Payload : null);
        }
    }

    public Task<int> DeleteExpiredAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var deleted = 0;
            for (; deleted < limit && _byExpiry.TryPeek(out _, out var expiresAt) && expiresAt <= now; deleted++)
            {
                RemoveSoonest();
            }

            return Task.FromResult(deleted);
        }
    }

    private void RemoveSoonest()
    {
        _panels.Remove(_byExpiry.Dequeue(), out var removed);
        _bytes -= removed!.Payload.Length + Overhead;
    }

    private sealed record Entry(byte[] Payload, DateTimeOffset ExpiresAt);
}
