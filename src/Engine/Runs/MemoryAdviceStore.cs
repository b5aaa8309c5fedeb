using Microsoft.Extensions.Caching.Memory;

namespace Ensemble.Runs;

/// <summary>
/// Keeps advice in the memory of this process, for half an hour after its last use. While the memory is full new advice is not kept; the
/// cache then removes the least recently used.
/// </summary>
public sealed class MemoryAdviceStore : IAdviceStore, IDisposable
{
    /// <summary>After the last use.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(30);

    /// <summary>What all advice together may take, in bytes.</summary>
    public const long DefaultMaxBytes = 64 * 1024 * 1024;

    /// <summary>What an entry takes beside its bytes: key, entry, place in the table.</summary>
    private const int EntryBytes = 400;

    private readonly MemoryCache _cache;
    private readonly long _maxEntry;

    /// <param name="maxBytes">What all advice together may take, in bytes. One that takes more than a sixteenth of it is not kept.</param>
    public MemoryAdviceStore(TimeProvider time, long maxBytes = DefaultMaxBytes)
    {
        _maxEntry = maxBytes / 16;
        _cache = new MemoryCache(new MemoryCacheOptions { SizeLimit = maxBytes, Clock = new Clock(time), CompactionPercentage = 0.1 });
    }

    /// <summary>Advice that is kept.</summary>
    public int Count => _cache.Count;

    public ValueTask<ReadOnlyMemory<byte>?> FindAsync(string key, CancellationToken cancellationToken) =>
        new(_cache.TryGetValue(key, out var kept) ? (ReadOnlyMemory<byte>?)kept : null);

    public ValueTask KeepAsync(string key, ReadOnlyMemory<byte> advice, CancellationToken cancellationToken)
    {
        var size = advice.Length + EntryBytes;
        if (size <= _maxEntry)
        {
            _cache.Set(key, advice, new MemoryCacheEntryOptions { Size = size, SlidingExpiration = Lifetime });
        }

        return default;
    }

    public void Dispose() => _cache.Dispose();

    private sealed class Clock(TimeProvider time) : Microsoft.Extensions.Internal.ISystemClock
    {
        public DateTimeOffset UtcNow => time.GetUtcNow();
    }
}
