using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Ensemble.Catalog;

/// <summary>Tells everybody in this process who listens which revision was written.</summary>
public sealed class RevisionNotifier
{
    private readonly Lock _lock = new();
    private readonly List<Channel<long>> _listeners = [];

    public void Announce(long revision)
    {
        lock (_lock)
        {
            _listeners.ForEach(listener => listener.Writer.TryWrite(revision));
        }
    }

    /// <summary>What is announced from the first read on. A slow reader gets the newest revision only. Ends only when cancelled.</summary>
    public async IAsyncEnumerable<long> ListenAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateBounded<long>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (_lock)
        {
            _listeners.Add(channel);
        }

        try
        {
            await foreach (var revision in channel.Reader.ReadAllAsync(cancellationToken))
            {
                yield return revision;
            }
        }
        finally
        {
            lock (_lock)
            {
                _listeners.Remove(channel);
            }
        }
    }
}
