using Ensemble.Grains.Answers;

namespace Ensemble.Cluster.Tests.Answers;

/// <summary>A wire without a cluster: hands on at once, or not at all.</summary>
internal sealed class MemoryWire : IAnswerWire
{
    private readonly Dictionary<string, Action<AnswerBatch>> _listeners = [];

    /// <summary>The addresses that were subscribed to, in order.</summary>
    public List<string> Subscribed { get; } = [];

    public List<string> Ended { get; } = [];

    /// <summary>What was published and not handed on.</summary>
    public List<AnswerBatch> Lost { get; } = [];

    public bool IsSilent { get; set; }

    /// <summary>What a subscription waits for.</summary>
    public Task Opening { get; set; } = Task.CompletedTask;

    public Task PublishAsync(string address, AnswerBatch batch)
    {
        if (IsSilent)
        {
            Lost.Add(batch);
        }
        else
        {
            Deliver(address, batch);
        }

        return Task.CompletedTask;
    }

    public async Task<IAsyncDisposable> SubscribeAsync(string address, Action<AnswerBatch> receive)
    {
        Subscribed.Add(address);
        await Opening;
        _listeners[address] = receive;
        return new Subscription(this, address);
    }

    public void Deliver(string address, AnswerBatch batch)
    {
        if (_listeners.TryGetValue(address, out var receive))
        {
            receive(batch);
        }
    }

    private sealed class Subscription(MemoryWire wire, string address) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            wire.Ended.Add(address);
            return ValueTask.CompletedTask;
        }
    }
}
