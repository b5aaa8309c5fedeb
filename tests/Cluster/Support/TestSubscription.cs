using Orleans.Streams;

namespace Ensemble.Cluster.Tests.Support;

/// <summary>A subscription without a cluster: what is delivered is taken at once.</summary>
internal sealed class TestSubscription<T>(string key, IAsyncObserver<T> observer) : StreamSubscriptionHandle<T>
{
    public string Key => key;

    public bool HasEnded { get; private set; }

    public override StreamId StreamId { get; } = StreamId.Create("test", key);

    public override string ProviderName => "test";

    public override Guid HandleId { get; } = Guid.NewGuid();

    public Task DeliverAsync(T item) => observer.OnNextAsync(item);

    public override Task UnsubscribeAsync()
    {
        HasEnded = true;
        return Task.CompletedTask;
    }

    public override Task<StreamSubscriptionHandle<T>> ResumeAsync(IAsyncObserver<T> observer, StreamSequenceToken? token = null) =>
        throw new NotSupportedException();

    public override Task<StreamSubscriptionHandle<T>> ResumeAsync(IAsyncBatchObserver<T> observer, StreamSequenceToken? token = null) =>
        throw new NotSupportedException();

    public override bool Equals(StreamSubscriptionHandle<T>? other) => ReferenceEquals(this, other);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => HandleId.GetHashCode();
}
