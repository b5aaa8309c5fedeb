using Ensemble.Grains.Streams;

namespace Ensemble.Cluster.Tests.Support;

/// <summary>A wire without a cluster: hands on at once, or not at all.</summary>
internal sealed class MemoryWire<T> : IStreamWire<T>
{
    private readonly Dictionary<string, Action<T>> _listeners = [];

    /// <summary>The addresses that were subscribed to, in order.</summary>
    public List<string> Subscribed { get; } = [];

    public List<string> Ended { get; } = [];

    /// <summary>What was published and not handed on.</summary>
    public List<T> Lost { get; } = [];

    public bool IsSilent { get; set; }

    /// <summary>What a subscription waits for.</summary>
    public Task Opening { get; set; } = Task.CompletedTask;

    public Task PublishAsync(string address, T item)
    {
        if (IsSilent)
        {
            Lost.Add(item);
        }
        else
        {
            Deliver(address, item);
        }

        return Task.CompletedTask;
    }

    public async Task<IAsyncDisposable> SubscribeAsync(string address, Action<T> receive)
    {
        Subscribed.Add(address);
        await Opening;
        _listeners[address] = receive;
        return new Subscription(this, address);
    }

    public void Deliver(string address, T item)
    {
        if (_listeners.TryGetValue(address, out var receive))
        {
            receive(item);
        }
    }

    private sealed class Subscription(MemoryWire<T> wire, string address) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            wire.Ended.Add(address);
            return ValueTask.CompletedTask;
        }
    }
}
