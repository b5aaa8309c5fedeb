using System.Collections.Concurrent;
using System.Globalization;
using Orleans.Streams;

namespace Ensemble.Grains.Streams;

/// <summary>
/// Streams without anything between producer and subscriber. The key of a stream is the address of the process that subscribes and a
/// number, so that a producer sends items where they are awaited, and hears whether they were taken: there is no queue to poll and no
/// subscription to be lost. A stream has one subscriber and keeps nothing. Any process of the cluster may produce. Thread-safe.
/// </summary>
internal sealed class PushStreamProvider : IStreamProvider, IStreamInbox
{
    /// <summary>Between the two parts of a key.</summary>
    private const char Separator = '|';

    private readonly ConcurrentDictionary<long, IPushTarget> _subscribed = new();
    private readonly IGrainFactory _grains;
    private readonly Lock _lock = new();
    private Task<string>? _opening;
    private volatile string? _address;
    private long _opened;

    public PushStreamProvider(string name, IGrainFactory grains) => (Name, _grains) = (name, grains);

    public string Name { get; }

    public bool IsRewindable => false;

    public IAsyncStream<T> GetStream<T>(StreamId streamId) => new PushStream<T>(this, streamId);

    /// <returns>Another stream of this process: the key of its id is for those that produce it.</returns>
    public async Task<IAsyncStream<T>> OpenAsync<T>(string streamNamespace)
    {
        var address = await FindAddressAsync();
        var number = Interlocked.Increment(ref _opened);
        return GetStream<T>(StreamId.Create(streamNamespace, string.Create(CultureInfo.InvariantCulture, $"{address}{Separator}{number}")));
    }

    /// <returns>Whether the stream with this key is one of this process.</returns>
    public bool IsHere(string key) => _address is { } address
        && key.Length > address.Length && key[address.Length] == Separator && key.StartsWith(address, StringComparison.Ordinal);

    Task IStreamInbox.TakeAsync(long stream, object[] items) => _subscribed.TryGetValue(stream, out var target)
        ? target.TakeAsync(items)
        : Task.FromException(new InvalidOperationException($"Nothing subscribes to stream {stream} of this process."));

    /// <returns>Where items of a stream are sent.</returns>
    /// <exception cref="ArgumentException">No process has such a stream.</exception>
    internal (IStreamInbox Inbox, long Number) Find(StreamId streamId)
    {
        var key = streamId.GetKeyAsString();
        if (IsHere(key))
        {
            return (this, Number(streamId, key));
        }

        return GrainId.TryParse(key.Split(Separator)[0], out var process) && process.Type.IsClient()
            ? (_grains.GetGrain<IStreamInbox>(process), Number(streamId, key))
            : throw new ArgumentException(
                $"Stream {streamId} is not one of provider {Name}: its key begins with no process's address.", nameof(streamId));
    }

    /// <exception cref="InvalidOperationException">The stream has a subscriber, or is another process's.</exception>
    internal void Subscribe(StreamId streamId, IPushTarget target)
    {
        var key = streamId.GetKeyAsString();
        if (!IsHere(key) || !_subscribed.TryAdd(Number(streamId, key), target))
        {
            throw new InvalidOperationException($"Stream {streamId} has one subscriber, in the process that opened it.");
        }
    }

    internal void Unsubscribe(StreamId streamId) => _subscribed.TryRemove(Number(streamId, streamId.GetKeyAsString()), out _);

    internal IPushTarget? FindSubscriber(StreamId streamId) =>
        streamId.GetKeyAsString() is var key && IsHere(key) ? _subscribed.GetValueOrDefault(Number(streamId, key)) : null;

    private Task<string> FindAddressAsync()
    {
        lock (_lock)
        {
            // Outside of grains, which cannot be reached so.
            return _opening ??= Task.Run(MakeAddress);
        }
    }

    private string MakeAddress()
    {
        var address = _grains.CreateObjectReference<IStreamInbox>(this).GetGrainId().ToString();
        _address = address;
        return address;
    }

    private long Number(StreamId streamId, string key)
    {
        var digits = key.AsSpan(key.IndexOf(Separator, StringComparison.Ordinal) + 1);
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new ArgumentException($"Stream {streamId} is not one of provider {Name}: its key ends in no number.", nameof(streamId));
    }
}
