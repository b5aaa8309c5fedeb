using Ensemble.Runs;
using Ensemble.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ensemble.Grains.Reach;

/// <summary>
/// Asks once a second whether there is a silo, a different one each time where there are several: one that stands still says nothing of
/// the others.
/// </summary>
/// <param name="ping">Asks a silo, which one depends on the number.</param>
public sealed partial class SiloReachability(
    Func<int, ValueTask> ping, TimeProvider time, ILogger<SiloReachability> logger) : BackgroundService, IClusterReachability
{
    /// <summary>How often it is asked: 1 s.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>How long after the last answer a silo is taken to be there: 10 s, so that a machine that stands still for some
    /// seconds does not turn all callers away.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>Grains that are asked in turn: clients share them out among the silos that they are connected to.</summary>
    private const int Grains = 8;

    private const int MaxPendingPings = 4;

    private long _lastAnswer = time.GetTimestamp();
    private int _pendingPings;
    private bool _wasReachable = true;

    public bool IsReachable => time.GetElapsedTime(Volatile.Read(ref _lastAnswer)) < Grace;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // It starts when this process has connected to the cluster, however long that took.
        Volatile.Write(ref _lastAnswer, time.GetTimestamp());
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            for (var number = 0; await timer.WaitForNextTickAsync(stoppingToken); number = (number + 1) % Grains)
            {
                if (Volatile.Read(ref _pendingPings) < MaxPendingPings)
                {
                    _ = AskAsync(number);
                }

                LogChange();
            }
        }
        catch (OperationCanceledException)
        {
            // The process stops.
        }
    }

    private async Task AskAsync(int number)
    {
        Interlocked.Increment(ref _pendingPings);
        try
        {
            await ping(number);
            Volatile.Write(ref _lastAnswer, time.GetTimestamp());
        }
        catch (Exception exception)
        {
            LogUnanswered(logger, exception);
        }
        finally
        {
            Interlocked.Decrement(ref _pendingPings);
        }
    }

    private void LogChange()
    {
        if (_wasReachable == IsReachable)
        {
            return;
        }

        _wasReachable = !_wasReachable;
        if (_wasReachable)
        {
            LogReached(logger);
        }
        else
        {
            LogLost(logger, Grace.TotalSeconds);
        }
    }

    [LoggerMessage(
        EventId = EventIds.SilosLost, EventName = nameof(EventIds.SilosLost), Level = LogLevel.Warning,
        Message = "No silo has answered for {Seconds} s: this frontend is not ready. Check that silos run and that this process reaches "
            + "them.")]
    private static partial void LogLost(ILogger logger, double seconds);

    [LoggerMessage(
        EventId = EventIds.SilosReached, EventName = nameof(EventIds.SilosReached), Level = LogLevel.Information,
        Message = "A silo answers again: this frontend is ready.")]
    private static partial void LogReached(ILogger logger);

    [LoggerMessage(
        EventId = EventIds.SiloUnanswered, EventName = nameof(EventIds.SiloUnanswered), Level = LogLevel.Debug,
        Message = "A silo did not answer.")]
    private static partial void LogUnanswered(ILogger logger, Exception exception);
}
