using Ensemble.Runs;
using Ensemble.Telemetry;
using Microsoft.Extensions.Logging;

namespace Ensemble.Gates;

public sealed partial class GateAgent
{
    private async ValueTask TryReportAsync(Entry entry, CancellationToken cancellationToken)
    {
        try
        {
            await ReportAsync(entry).WaitAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is not (ClusterUnavailableException or OperationCanceledException))
        {
            // A keeper of an earlier version grants nothing.
            LogNotReported(_logger, exception, entry.Held.Key.ToString());
        }
    }

    /// <summary>Reports, and takes what is granted. Who comes while a report is under way waits for that one.</summary>
    private Task ReportAsync(Entry entry)
    {
        lock (entry)
        {
            return entry.Reporting is { IsCompleted: false } reporting ? reporting : entry.Reporting = ReportNowAsync(entry);
        }
    }

    private async Task ReportNowAsync(Entry entry)
    {
        await Task.Yield();
        bool isToGoOn;
        do
        {
            GateReport report;
            long sentAt;
            lock (entry)
            {
                // It has arrived only when it is answered, and what is granted counts from when it was sent first.
                (report, sentAt) = entry.Unsent ??= (entry.Held.Report(_clock.Now), _clock.Now);
            }

            var grant = await _authority.ReportAsync(entry.Held.Key, report, this, CancellationToken.None);
            lock (entry)
            {
                entry.Unsent = null;
                entry.Held.Take(grant, sentAt, _clock.Now);
                isToGoOn = entry.Held.HasFailed || entry.Held.IsAwaited;
            }
        }
        while (isToGoOn);
    }

    private async Task ReportSafelyAsync(Entry entry)
    {
        try
        {
            await ReportAsync(entry);
        }
        catch (Exception exception)
        {
            LogNotReported(_logger, exception, entry.Held.Key.ToString());
        }
    }

    private async Task ReleaseAskedAsync(GateLease lease, GateRelease release)
    {
        try
        {
            await _authority.ReleaseAsync(lease, release);
        }
        catch (Exception exception)
        {
            // The lease expires there by itself.
            LogNotReleased(_logger, exception, lease.Gate.ToString());
        }
    }

    private void OnTick()
    {
        var now = _clock.Now;
        foreach (var entry in _entries.Values)
        {
            if (entry.IsDue(now))
            {
                _ = ReportSafelyAsync(entry);
            }
        }

        if (++_ticks % TicksToRenewal == 0 && !_asked.IsEmpty)
        {
            _ = RenewAllAsync();
        }
    }

    private async Task RenewAllAsync()
    {
        // A gate that takes longer than the interval is not asked twice at once.
        if (Interlocked.Exchange(ref _renewing, 1) == 1)
        {
            return;
        }

        try
        {
            await Task.WhenAll(_asked.Values.GroupBy(lease => lease.Gate).Select(group => RenewAsync(group.Key, [.. group])));
        }
        finally
        {
            Volatile.Write(ref _renewing, 0);
        }
    }

    private async Task RenewAsync(GateKey gate, GateLease[] leases)
    {
        try
        {
            await _authority.RenewAsync(gate, leases, CancellationToken.None);
        }
        catch (Exception exception)
        {
            // There are two more tries before they expire.
            LogNotRenewed(_logger, exception, leases.Length, gate.ToString());
        }
    }

    [LoggerMessage(
        EventId = EventIds.LeasesNotRenewed, EventName = nameof(EventIds.LeasesNotRenewed), Level = LogLevel.Warning,
        Message = "{Count} leases of the gate {Gate} could not be renewed; two more tries are made before they expire. Check that silos "
            + "answer.")]
    private static partial void LogNotRenewed(ILogger logger, Exception exception, int count, string gate);

    [LoggerMessage(
        EventId = EventIds.CallsNotReported, EventName = nameof(EventIds.CallsNotReported), Level = LogLevel.Warning,
        Message = "The gate {Gate} was not told which calls were made; the next report tells it. Check that silos answer.")]
    private static partial void LogNotReported(ILogger logger, Exception exception, string gate);

    [LoggerMessage(
        EventId = EventIds.LeaseNotReturned, EventName = nameof(EventIds.LeaseNotReturned), Level = LogLevel.Warning,
        Message = "A lease of the gate {Gate} could not be returned; it expires by itself. Check that silos answer.")]
    private static partial void LogNotReleased(ILogger logger, Exception exception, string gate);
}
