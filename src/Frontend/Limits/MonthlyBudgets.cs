using Ensemble.Frontend.Callers;
using Ensemble.Frontend.Errors;
using Ensemble.Storage;
using Ensemble.Telemetry;
using Ensemble.Usage;

namespace Ensemble.Frontend.Limits;

/// <summary>
/// What callers' keys have cost in this calendar month (UTC), as the accounts have it, and whether they may go on. It is read at most every
/// <see cref="CacheLifetime"/> for each key. Where the accounts cannot be read, what was read last counts; where nothing was, the request
/// passes.
/// </summary>
internal sealed partial class MonthlyBudgets(IUsageQueries usage, TimeProvider time, ILogger<MonthlyBudgets> logger)
{
    /// <summary>How long a sum is taken for the truth.</summary>
    public static readonly TimeSpan CacheLifetime = TimeSpan.FromSeconds(5);

    /// <summary>How long a request waits for a sum.</summary>
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Keys beyond it are read again.</summary>
    private const int MaxKeys = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Reading> _readings = [];
    private int _isUnreadable;

    /// <returns>Why the caller may not ask; null where it may.</returns>
    public async ValueTask<ApiError?> CheckAsync(Caller caller, CancellationToken cancellationToken)
    {
        if (caller is not { Name: { } name, MonthlyBudgetUsd: { } budget })
        {
            return null;
        }

        var now = time.GetUtcNow();
        var month = new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero);
        return await Spent(name, month).WaitAsync(cancellationToken) >= budget ? ApiErrors.MonthlyBudgetSpent(budget, month) : null;
    }

    /// <returns>Null where nobody knows.</returns>
    private Task<decimal?> Spent(string caller, DateTimeOffset month)
    {
        lock (_lock)
        {
            var earlier = _readings.GetValueOrDefault(caller) is { } known && known.Month == month ? known : null;
            if (earlier is not null && time.GetElapsedTime(earlier.At) < CacheLifetime)
            {
                return earlier.Spent;
            }

            if (_readings.Count >= MaxKeys)
            {
                _readings.Clear();
            }

            var spent = ReadAsync(caller, month, earlier?.Spent);
            _readings[caller] = new Reading(month, time.GetTimestamp(), spent);
            return spent;
        }
    }

    private async Task<decimal?> ReadAsync(string caller, DateTimeOffset month, Task<decimal?>? earlier)
    {
        try
        {
            // For all who ask meanwhile, so that none of them can cancel it.
            var spent = await usage.SpentAsync(caller, month, CancellationToken.None).WaitAsync(ReadTimeout, time);
            Volatile.Write(ref _isUnreadable, 0);
            return spent;
        }
        catch (Exception exception) when (exception is StorageException or TimeoutException)
        {
            if (Interlocked.Exchange(ref _isUnreadable, 1) == 0)
            {
                LogSumsUnavailable(logger, exception);
            }

            return earlier is null ? null : await earlier;
        }
    }

    [LoggerMessage(
        EventId = EventIds.BudgetsUnknown, EventName = nameof(EventIds.BudgetsUnknown), Level = LogLevel.Warning,
        Message = "What callers have spent cannot be read now: monthly budgets hold by the sums that were read last, and not at all "
            + "where none was. Check the database.")]
    private static partial void LogSumsUnavailable(ILogger logger, Exception exception);

    private sealed record Reading(DateTimeOffset Month, long At, Task<decimal?> Spent);
}
