using Orleans.Streams;

namespace Ensemble.Grains.Answers;

/// <summary>One memory stream an address.</summary>
internal sealed class OrleansAnswerWire(IStreamProvider provider) : IAnswerWire
{
    public Task PublishAsync(string address, AnswerBatch batch) => Stream(address).OnNextAsync(batch);

    public async Task<IAsyncDisposable> SubscribeAsync(string address, Action<AnswerBatch> receive)
    {
        var handle = await Stream(address).SubscribeAsync(
            (batch, _) =>
            {
                receive(batch);
                return Task.CompletedTask;
            });
        return new Subscription(handle);
    }

    private IAsyncStream<AnswerBatch> Stream(string address) => provider.GetStream<AnswerBatch>(StreamId.Create(AnswerStreams.Namespace, address));

    private sealed class Subscription(StreamSubscriptionHandle<AnswerBatch> handle) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await handle.UnsubscribeAsync();
    }
}
