using Orleans.Streams;

namespace Ensemble.Grains.Streams;

/// <summary>The one subscription to a stream. Its observer must not wait: other streams of the process would wait too.</summary>
internal sealed class PushSubscription<T>(PushStreamProvider provider, StreamId id, IAsyncObserver<T> observer)
    : StreamSubscriptionHandle<T>, IPushTarget
{
    private IAsyncObserver<T> _observer = observer;

    public override StreamId StreamId => id;

    public override string ProviderName => provider.Name;

    public override Guid HandleId { get; } = Guid.NewGuid();

    public override Task UnsubscribeAsync()
    {
        provider.Unsubscribe(id);
        return Task.CompletedTask;
    }

    public override Task<StreamSubscriptionHandle<T>> ResumeAsync(IAsyncObserver<T> observer, StreamSequenceToken? token = null)
    {
        _observer = observer;
        return Task.FromResult<StreamSubscriptionHandle<T>>(this);
    }

    public override Task<StreamSubscriptionHandle<T>> ResumeAsync(IAsyncBatchObserver<T> observer, StreamSequenceToken? token = null) =>
        throw new NotSupportedException("A push stream hands on single items: resume with an IAsyncObserver.");

    public override bool Equals(StreamSubscriptionHandle<T>? other) => ReferenceEquals(this, other);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => HandleId.GetHashCode();

    Task IPushTarget.TakeAsync(object[] items) => items is [T item] ? _observer.OnNextAsync(item) : TakeAllAsync(items);

    private async Task TakeAllAsync(object[] items)
    {
        foreach (var item in items)
        {
            await _observer.OnNextAsync((T)item);
        }
    }
}
