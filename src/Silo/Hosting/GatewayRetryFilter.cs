using Ensemble.Telemetry;
using Orleans.Runtime.Messaging;

namespace Ensemble.Silo.Hosting;

/// <summary>A frontend that finds no silo waits for one, for as long as it is let: what starts both need not keep an order.</summary>
internal sealed partial class GatewayRetryFilter(TimeProvider time, ILogger<GatewayRetryFilter> logger) : IClientConnectionRetryFilter
{
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private bool _isWaiting;

    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        if (exception is not (OrleansMessageRejectionException or ConnectionFailedException) || cancellationToken.IsCancellationRequested)
        {
            return false;
        }

        if (!_isWaiting)
        {
            _isWaiting = true;
            LogWaiting(logger);
        }

        await Task.Delay(Pause, time, cancellationToken);
        return true;
    }

    [LoggerMessage(
        EventId = EventIds.NoSilo, EventName = nameof(EventIds.NoSilo), Level = LogLevel.Warning,
        Message = "No silo of the cluster can be reached yet; this frontend waits for one. Silos need the same Cluster:ClusterId and "
            + "Cluster:ConnectionString.")]
    private static partial void LogWaiting(ILogger logger);
}
