using Ensemble.Grains.Streams;
using Ensemble.Usage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ensemble.Grains.Usage;

/// <summary>Subscribes a frontend to the cluster's usage while somebody watches there, and only then.</summary>
internal sealed class UsageListener(UsageFeed feed, IStreamWire<UsageNews> wire, IUsageWatch watch, TimeProvider time, ILogger<UsageListener> logger)
    : IHostedService, IAsyncDisposable
{
    private readonly Lock _lock = new();
    private UsageSubscription? _subscription;
    private bool _stopped;

    /// <summary>The address that the cluster knows; null where there is none, or not yet.</summary>
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
                begun = _subscription = new UsageSubscription(feed, wire, watch, time, logger);
            }
            else if (!feed.IsWatched)
            {
                (ended, _subscription) = (_subscription, null);
            }
        }

        _ = begun?.StartAsync(CancellationToken.None);
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
