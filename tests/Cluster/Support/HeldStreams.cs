using System.Threading.Channels;
using Orleans.Streams;

namespace Ensemble.Cluster.Tests.Support;

/// <summary>Streams for producers, without a cluster: each item is on its way until the test ends it.</summary>
internal sealed class HeldStreams<T>
{
    private readonly Channel<Message> _messages = Channel.CreateUnbounded<Message>();
    private readonly TaskCompletionSource _released = new();

    /// <summary>Items on their way that the test has not looked at.</summary>
    public int Pending => _messages.Reader.Count;

    public IAsyncObserver<T> Find(string key) => new Producer(this, key);

    public ValueTask<Message> NextAsync() => _messages.Reader.ReadAsync(Now.Cancel);

    /// <summary>Ends whatever is on its way, now and later.</summary>
    public void Release() => _released.TrySetResult();

    internal sealed record Message(string Key, T Item, TaskCompletionSource Done);

    private sealed class Producer(HeldStreams<T> streams, string key) : IAsyncObserver<T>
    {
        public async Task OnNextAsync(T item, StreamSequenceToken? token = null)
        {
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            streams._messages.Writer.TryWrite(new Message(key, item, done)).ShouldBeTrue();
            await await Task.WhenAny(done.Task, streams._released.Task);
        }

        public Task OnErrorAsync(Exception ex) => throw new NotSupportedException();
    }
}
