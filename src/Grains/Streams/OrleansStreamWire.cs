using Orleans.Streams;

namespace Ensemble.Grains.Streams;

/// <summary>One memory stream an address.</summary>
internal sealed class OrleansStreamWire<T>(IStreamProvider provider, string streamNamespace) : IStreamWire<T>
{
    public Task PublishAsync(string address, T item) => Stream(address).OnNextAsync(item);

    public async Task<IAsyncDisposable> SubscribeAsync(string address, Action<T> receive)
    {
        var handle = await Stream(address).SubscribeAsync(
            (item, _) =>
            {
                receive(item);
                return Task.CompletedTask;
            });
        return new Subscription(handle);
    }

    private IAsyncStream<T> Stream(string address) => provider.GetStream<T>(StreamId.Create(streamNamespace, address));

    private sealed class Subscription(StreamSubscriptionHandle<T> handle) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await handle.UnsubscribeAsync();
    }
}
