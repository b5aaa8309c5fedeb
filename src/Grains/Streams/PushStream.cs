using Orleans.Streams;

namespace Ensemble.Grains.Streams;

/// <summary>A stream of a <see cref="PushStreamProvider"/>, for its producers and its subscriber.</summary>
internal sealed class PushStream<T>(PushStreamProvider provider, StreamId id) : IAsyncStream<T>
{
    private (IStreamInbox Inbox, long Number)? _target;

    public bool IsRewindable => provider.IsRewindable;

    public string ProviderName => provider.Name;

    public StreamId StreamId => id;

    /// <summary>Completes when the subscriber has taken the item. One that waits for it before the next keeps their order.</summary>
    /// <exception cref="InvalidOperationException">Nothing subscribes.</exception>
    /// <exception cref="OrleansException">The subscriber's process was not reached.</exception>
    public Task OnNextAsync(T item, StreamSequenceToken? token = null) => SendAsync([item!]);

    public Task OnNextBatchAsync(IEnumerable<T> batch, StreamSequenceToken? token = null) => SendAsync([.. batch.Cast<object>()]);

    public Task OnCompletedAsync() => throw new NotSupportedException("The items of a push stream say themselves which one is the last.");

    public Task OnErrorAsync(Exception ex) => throw new NotSupportedException("The items of a push stream say themselves what went wrong.");

    public Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncObserver<T> observer)
    {
        var subscription = new PushSubscription<T>(provider, id, observer);
        provider.Subscribe(id, subscription);
        return Task.FromResult<StreamSubscriptionHandle<T>>(subscription);
    }

    public Task<StreamSubscriptionHandle<T>> SubscribeAsync(
        IAsyncObserver<T> observer, StreamSequenceToken? token, string? filterData = null) => token is null && filterData is null
            ? SubscribeAsync(observer)
            : throw new NotSupportedException("A push stream has neither a past nor filters: subscribe without token and filter.");

    public Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncBatchObserver<T> observer) =>
        throw new NotSupportedException("A push stream hands on single items: subscribe an IAsyncObserver.");

    public Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncBatchObserver<T> observer, StreamSequenceToken? token) =>
        SubscribeAsync(observer);

    public Task<IList<StreamSubscriptionHandle<T>>> GetAllSubscriptionHandles() =>
        Task.FromResult<IList<StreamSubscriptionHandle<T>>>(provider.FindSubscriber(id) is PushSubscription<T> known ? [known] : []);

    public bool Equals(IAsyncStream<T>? other) => other is not null && other.ProviderName == ProviderName && other.StreamId.Equals(id);

    public override bool Equals(object? obj) => Equals(obj as IAsyncStream<T>);

    public override int GetHashCode() => id.GetHashCode();

    public int CompareTo(IAsyncStream<T>? other) => other is null ? 1 : id.CompareTo(other.StreamId);

    private Task SendAsync(object[] items)
    {
        try
        {
            var (inbox, number) = _target ??= provider.Find(id);
            return inbox.TakeAsync(number, items);
        }
        catch (ArgumentException exception)
        {
            return Task.FromException(exception);
        }
    }
}
