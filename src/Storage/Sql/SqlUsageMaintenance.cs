using Ensemble.Usage;

namespace Ensemble.Storage.Sql;

/// <summary>
/// Closes days and deletes accounts. The process that closes a day holds the one row of <c>ledger_closed</c>, so that of several processes
/// one does it; a process that dies in the middle has done nothing.
/// </summary>
internal sealed class SqlUsageMaintenance(SqlDatabase database) : IUsageMaintenance
{
    /// <summary>How long after its end a day is closed.</summary>
    private const long CloseDelay = UsageTime.Day;

    /// <summary>A day may have some million calls.</summary>
    private const int TimeoutSeconds = 600;

    private const string FindOldest =
        "SELECT coalesce((SELECT min(started_at) FROM ledger_calls WHERE started_at >= closed_until), -1) FROM ledger_closed";

    private const string Lock = "UPDATE ledger_closed SET closed_until = closed_until WHERE id = 1";
    private const string Empty = "DELETE FROM ledger_days WHERE day = @day";
    private const string Close = "UPDATE ledger_closed SET closed_until = @end WHERE id = 1";

    private static readonly string Fill =
        $"""
         INSERT INTO ledger_days (day, {UsageSql.Facts}, {string.Join(", ", UsageSql.SumColumns)})
         SELECT CAST(@day AS bigint), {UsageSql.Facts}, {string.Join(", ", UsageSql.SumColumns.Select(UsageSql.Sum))}
         FROM (SELECT {UsageSql.Facts}, {UsageSql.Sums} FROM ledger_calls WHERE started_at >= @day AND started_at < @end) AS calls
         GROUP BY {UsageSql.Facts}
         """;

    private const string Earlier = "CASE WHEN closed_until < @until THEN closed_until ELSE @until END";

    // Before anything is deleted: a query that sums meanwhile takes such days from their sums.
    private const string Give = $"UPDATE ledger_closed SET deleted_until = {Earlier} WHERE deleted_until < {Earlier}";

    private const string DeleteCalls =
        """
        DELETE FROM ledger_calls WHERE (run, incarnation, step, member, sample) IN (
            SELECT run, incarnation, step, member, sample FROM ledger_calls
            WHERE started_at < (SELECT deleted_until FROM ledger_closed) ORDER BY started_at LIMIT @limit
        """;

    private const string DeleteRuns =
        """
        DELETE FROM ledger_runs WHERE (run, incarnation) IN (
            SELECT run, incarnation FROM ledger_runs WHERE started_at < @until ORDER BY started_at LIMIT @limit
        """;

    private const string DeleteCounts =
        """
        DELETE FROM report_counts WHERE (ensemble, hour, measure, member, other, place) IN (
            SELECT ensemble, hour, measure, member, other, place FROM report_counts WHERE hour < @until ORDER BY hour LIMIT @limit
        """;

    private const string DeleteFeedback =
        """
        DELETE FROM run_feedback WHERE (run, administrator, caller) IN (
            SELECT run, administrator, caller FROM run_feedback WHERE started_at < @until ORDER BY started_at LIMIT @limit
        """;

    public async Task<bool> CloseDayAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var time = now.ToUnixTimeMilliseconds();

        // Mostly there is nothing to do, and nobody is to wait for that.
        return await database.ReadAsync(FindAsync, cancellationToken) is { } day && IsOver(day, time)
            && await database.WriteAsync(
                session => (session with { TimeoutSeconds = TimeoutSeconds }).TransactAsync(transaction => CloseAsync(transaction, time)),
                Durability.PowerCut,
                TimeSpan.FromSeconds(TimeoutSeconds),
                cancellationToken);
    }

    public Task<int> DeleteAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken)
    {
        var until = UsageTime.Floor(before.ToUnixTimeMilliseconds(), UsageTime.Day);
        return database.WriteAsync(
            async session =>
            {
                (string, object)[] range = [("limit", limit), ("until", until)];
                await session.ExecuteAsync(Give, ("until", until));
                await session.ExecuteAsync($"{DeleteCounts}{database.Dialect.SkipLocked})", range);
                await session.ExecuteAsync($"{DeleteFeedback}{database.Dialect.SkipLocked})", range);
                return await session.ExecuteAsync($"{DeleteCalls}{database.Dialect.SkipLocked})", ("limit", limit))
                    + await session.ExecuteAsync($"{DeleteRuns}{database.Dialect.SkipLocked})", range);
            },
            Durability.ProcessEnd,
            SqlDatabase.BackgroundTimeout, cancellationToken);
    }

    private static async Task<bool> CloseAsync(SqlSession session, long now)
    {
        await session.ExecuteAsync(Lock);
        if (await FindAsync(session) is not { } day || !IsOver(day, now))
        {
            return false;
        }

        (string, object)[] range = [("day", day), ("end", day + UsageTime.Day)];
        await session.ExecuteAsync(Empty, ("day", day));
        await session.ExecuteAsync(Fill, range);
        await session.ExecuteAsync(Close, ("end", day + UsageTime.Day));
        return true;
    }

    /// <returns>The oldest open day that has calls.</returns>
    private static async Task<long?> FindAsync(SqlSession session) =>
        (await session.QueryAsync(FindOldest, static row => row.GetInt64(0)))[0] is >= 0 and var oldest
            ? UsageTime.Floor(oldest, UsageTime.Day)
            : null;

    private static bool IsOver(long day, long now) => day + UsageTime.Day + CloseDelay <= now;
}
