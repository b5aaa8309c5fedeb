using Ensemble.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ensemble.Storage.Hosting;

/// <summary>
/// Once a minute: deletes the answers, claims and panels of runs that have expired, sums up days of the accounts, and deletes those that
/// are old.
/// </summary>
/// <param name="retentionDays">How long accounts are kept; 0 = for ever.</param>
internal sealed partial class ExpirySweep(
    IEnsembleStorage storage, int retentionDays, TimeProvider time, ILogger<ExpirySweep> logger) : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>Of each kind, in one statement: nobody else is to wait for long.</summary>
    private const int Batch = 1000;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await SweepAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The process stops.
        }
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await storage.Runs.DeleteExpiredAsync(time.GetUtcNow(), Batch, cancellationToken) >= Batch)
            {
            }

            while (await storage.Panels.DeleteExpiredAsync(time.GetUtcNow(), Batch, cancellationToken) >= Batch)
            {
            }

            await CloseDaysAsync(cancellationToken);
            while (retentionDays > 0
                && await storage.UsageMaintenance.DeleteAsync(time.GetUtcNow().AddDays(-retentionDays), Batch, cancellationToken) >= Batch)
            {
            }
        }
        catch (StorageException exception)
        {
            LogNotSwept(logger, exception);
        }
    }

    // Old accounts are deleted also where a day cannot be summed up.
    private async Task CloseDaysAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await storage.UsageMaintenance.CloseDayAsync(time.GetUtcNow(), cancellationToken))
            {
            }
        }
        catch (StorageException exception)
        {
            LogDayNotClosed(logger, exception);
        }
    }

    [LoggerMessage(
        EventId = EventIds.DayNotClosed, EventName = nameof(EventIds.DayNotClosed), Level = LogLevel.Warning,
        Message = "A day of usage could not be summed up; sums over it take longer. The next try is in a minute. Check the database.")]
    private static partial void LogDayNotClosed(ILogger logger, Exception exception);

    [LoggerMessage(
        EventId = EventIds.ExpiredNotDeleted, EventName = nameof(EventIds.ExpiredNotDeleted), Level = LogLevel.Debug,
        Message = "Expired answers, claims or panels of runs, or usage past its retention, could not be deleted; the next try is in a "
            + "minute.")]
    private static partial void LogNotSwept(ILogger logger, Exception exception);
}
