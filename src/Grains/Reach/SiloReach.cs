using Ensemble.Runs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ensemble.Grains.Reach;

/// <summary>
/// Asks once a second whether there is a silo, a different one each time where there are several: one that stands still says nothing of
/// the others.
/// </summary>
/// <param name="ping">Asks a silo, which one depends on the number.</param>
public sealed partial class SiloReach(
    Func<int, ValueTask> ping, TimeProvider time, ILogger<SiloReach> logger) : BackgroundService, IClusterReach
{
    /// <summary>How often it is asked: 1 s.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>How long after the last answer a silo is taken to be there: 10 s, so that a machine that stands still for some
    /// seconds does not turn all callers away.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Grains that are asked in turn: clients share them out among the silos that they are connected to.</summary>
    private const int Grains = 8;

    private const int MaxAsked = 4;

    private long _heard = time.GetTimestamp();
    private int _asked;
    private bool _wasReached = true;

    public bool IsReached => time.GetElapsedTime(Volatile.Read(ref _heard)) < Limit;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // It starts when this process has connected to the cluster, however long that took.
        Volatile.Write(ref _heard, time.GetTimestamp());
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            for (var number = 0; await timer.WaitForNextTickAsync(stoppingToken); number = (number + 1) % Grains)
            {
                if (Volatile.Read(ref _asked) < MaxAsked)
                {
                    _ = AskAsync(number);
                }

                Tell();
            }
        }
        catch (OperationCanceledException)
        {
            // The process stops.
        }
    }

    private async Task AskAsync(int number)
    {
        Interlocked.Increment(ref _asked);
        try
        {
            await ping(number);
            Volatile.Write(ref _heard, time.GetTimestamp());
        }
        catch (Exception exception)
        {
            LogUnanswered(logger, exception);
        }
        finally
        {
            Interlocked.Decrement(ref _asked);
        }
    }

    private void Tell()
    {
        if (_wasReached == IsReached)
        {
            return;
        }

        _wasReached = !_wasReached;
        if (_wasReached)
        {
            LogReached(logger);
        }
        else
        {
            LogLost(logger, Limit.TotalSeconds);
        }
    }

    [LoggerMessage(
        EventId = 112,
        EventName = "SilosLost",
        Level = LogLevel.Warning,
        Message = "no silo has answered for {Seconds} s: this frontend is not ready. Check that silos run and that this process reaches "
            + "them")]
    private static partial void LogLost(ILogger logger, double seconds);

    [LoggerMessage(
        EventId = 113, EventName = "SilosReached", Level = LogLevel.Information, Message = "a silo answers again: this frontend is ready")]
    private static partial void LogReached(ILogger logger);

    [LoggerMessage(EventId = 114, EventName = "SiloUnanswered", Level = LogLevel.Debug, Message = "a silo did not answer")]
    private static partial void LogUnanswered(ILogger logger, Exception exception);
}
