using Ensemble.Usage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Streams;

namespace Ensemble.Grains.Usage;

/// <summary>Subscribes a frontend to the cluster's usage while somebody watches there, and only then.</summary>
/// <param name="subscribe">Opens a stream of this process.</param>
internal sealed class UsageListener(
    UsageFeed feed,
    Func<IAsyncObserver<UsageStreamBatch>, Task<StreamSubscriptionHandle<UsageStreamBatch>>> subscribe,
    IUsageWatch watch,
    TimeProvider time,
    ILogger<UsageListener> logger) : IHostedService, IAsyncDisposable
{
    private readonly Lock _lock = new();
    private UsageSubscription? _subscription;
    private bool _stopped;

    /// <summary>The key of the stream that silos know; null where there is none, or not yet.</summary>
    public string? Leased
    {
        get
        {
            lock (_lock)
            {
                return _subscription?.Leased;
            }
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        feed.Changed += Follow;
        Follow();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        feed.Changed -= Follow;
        UsageSubscription? ended;
        lock (_lock)
        {
            (_stopped, ended, _subscription) = (true, _subscription, null);
        }

        await EndAsync(ended, cancellationToken);
    }

    public ValueTask DisposeAsync() => new(StopAsync(CancellationToken.None));

    private void Follow()
    {
        UsageSubscription? begun = null, ended = null;
        lock (_lock)
        {
            if (feed.IsWatched && _subscription is null && !_stopped)
            {
                begun = _subscription = new UsageSubscription(feed, subscribe, watch, time, logger);
            }
            else if (!feed.IsWatched)
            {
                (ended, _subscription) = (_subscription, null);
            }
        }

        _ = begun?.StartAsync();
        _ = EndAsync(ended, CancellationToken.None);
    }

    private static async Task EndAsync(UsageSubscription? subscription, CancellationToken cancellationToken)
    {
        if (subscription is not null)
        {
            await subscription.StopAsync(cancellationToken);
            await subscription.DisposeAsync();
        }
    }
}
