using Ensemble.Telemetry;
using Microsoft.Extensions.Logging;
using Npgsql;
using Polly;
using Polly.CircuitBreaker;

namespace Ensemble.Storage.Postgres;

/// <summary>
/// Bounds every wait for a server, also for one that takes connections and answers nothing. Npgsql cancels a command by asking that same
/// server, on the thread that cancels: so no job is cancelled. The wait for it ends, and the job itself ends with its command's time-out.
/// After some time-outs no job is begun for <see cref="Pause"/>; then one finds out whether the server answers again.
/// </summary>
internal sealed partial class PostgresGuard
{
    /// <summary>How long a job is waited for that a request may wait for: 2 s.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <summary>How long no job is begun: 2 s.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>Jobs that ended before the server stopped to answer are forgotten by when two have been waited for.</summary>
    private static readonly TimeSpan Sampling = 2 * Limit;

    private readonly ResiliencePipeline _breaker;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _name;
    private long _timeouts;
    private int _isOpen;
    private int _running;

    /// <param name="name">The database, for the log.</param>
    public PostgresGuard(string name, TimeProvider time, ILogger logger)
    {
        (_name, _time, _logger) = (name, time, logger);
        _breaker = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                ShouldHandle = static arguments => new(
                    arguments.Outcome.Exception is TimeoutException or NpgsqlException { InnerException: TimeoutException }),
                FailureRatio = 0.5,
                MinimumThroughput = 2,
                SamplingDuration = Sampling,
                BreakDuration = Pause,
                OnOpened = _ => Opened(),
                OnClosed = _ => Closed(),
            })
            .Build();
    }

    /// <summary>Jobs that were not answered in time, and jobs that were not begun since others had not been.</summary>
    public long Timeouts => Interlocked.Read(ref _timeouts);

    /// <summary>Whether jobs are begun as usual.</summary>
    public bool IsAnswering => Volatile.Read(ref _isOpen) == 0;

    /// <param name="job">Is not cancelled, and may go on after this has failed.</param>
    /// <param name="limit">How long it is waited for.</param>
    /// <exception cref="TimeoutException">It took longer, or was not begun.</exception>
    public async Task<T> RunAsync<T>(Func<Task<T>> job, TimeSpan limit, CancellationToken cancellationToken)
    {
        // A caller that leaves tells nothing of the server: the job's own outcome is what counts.
        var bounded = _breaker.ExecuteAsync(
            static async (asked, _) =>
            {
                var running = asked.Guard.CountAsync(asked.Job);
                Observe(running);
                return await running.WaitAsync(asked.Limit, asked.Guard._time, CancellationToken.None);
            },
            (Guard: this, Job: job, Limit: limit),
            CancellationToken.None).AsTask();
        Observe(bounded);
        try
        {
            return await bounded.WaitAsync(cancellationToken);
        }
        catch (TimeoutException)
        {
            Interlocked.Increment(ref _timeouts);
            throw;
        }
        catch (BrokenCircuitException broken)
        {
            Interlocked.Increment(ref _timeouts);
            throw new TimeoutException($"It has not answered lately, and is asked again within {Pause.TotalSeconds:f0} s.", broken);
        }
    }

    private async Task<T> CountAsync<T>(Func<Task<T>> job)
    {
        Interlocked.Increment(ref _running);
        try
        {
            return await job();
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    /// <summary>The failure of what was given up is known by then.</summary>
    private static void Observe(Task task) => _ = task.ContinueWith(
        static ended => _ = ended.Exception, CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    private ValueTask Opened()
    {
        // When their commands' time-outs are over, each of these holds a thread until the server answers.
        ThreadPoolReserve.Raise(Volatile.Read(ref _running));
        if (Interlocked.Exchange(ref _isOpen, 1) == 0)
        {
            LogUnanswered(_logger, _name, Limit.TotalSeconds, Pause.TotalSeconds);
        }

        return default;
    }

    private ValueTask Closed()
    {
        ThreadPoolReserve.Restore();
        if (Interlocked.Exchange(ref _isOpen, 0) == 1)
        {
            LogAnswers(_logger, _name);
        }

        return default;
    }

    [LoggerMessage(
        EventId = EventIds.DatabaseUnanswered, EventName = nameof(EventIds.DatabaseUnanswered), Level = LogLevel.Warning,
        Message = "{Database} takes connections and does not answer within {Limit} s: it is asked once in {Pause} s until it does, and "
            + "requests go on without it. Check the server's disk, its locks, and the network to it.")]
    private static partial void LogUnanswered(ILogger logger, string database, double limit, double pause);

    [LoggerMessage(
        EventId = EventIds.DatabaseAnswers, EventName = nameof(EventIds.DatabaseAnswers), Level = LogLevel.Information,
        Message = "{Database} answers again.")]
    private static partial void LogAnswers(ILogger logger, string database);
}
