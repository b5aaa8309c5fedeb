using System.Data.Common;
using Ensemble.Usage;

namespace Ensemble.Storage.Sql;

/// <summary>
/// Sums over calls and closed days. A range has three parts: the rest of a day in which it begins, whole days that are closed, and what
/// comes after these. Each call is in one of them; where they meet is read in the same statement, since a sweep may move it at any time.
/// </summary>
internal static class SqlUsageSums
{
    public static async Task<IReadOnlyList<UsageGroup>> SumAsync(
        SqlSession session, UsageFilter filter, IReadOnlyList<UsageDimension> by, int limit)
    {
        var (from, to) = (filter.From.ToUnixTimeMilliseconds(), filter.To.ToUnixTimeMilliseconds());
        var conditions = new List<string>();
        var parameters = new List<(string, object)> { ("from", from), ("to", to), ("limit", limit + 1) };

        // Of days there are no hours.
        var whole = !by.Contains(UsageDimension.Hour) && UsageTime.Ceiling(from, UsageTime.Day) <= UsageTime.Floor(to, UsageTime.Day);
        parameters.Add(("first", whole ? UsageTime.Ceiling(from, UsageTime.Day) : from));
        parameters.Add(("last", whole ? UsageTime.Floor(to, UsageTime.Day) : from));
        UsageSql.AddName(conditions, parameters, "ensemble", filter.Ensemble);
        UsageSql.AddName(conditions, parameters, "model", filter.Model);
        UsageSql.AddName(conditions, parameters, "role", filter.Role);
        UsageSql.AddOutcome(conditions, parameters, OutcomeWords.Calls, filter.Outcome);
        UsageSql.AddCaller(conditions, parameters, filter.Caller);

        var isPrecise = UsageSql.IsPrecise(filter.From, filter.To);
        var groups = await session.QueryAsync(Statement(by, conditions, isPrecise), row => Read(row, by, isPrecise), [.. parameters]);

        // Each database orders text in its own way.
        groups.Sort(static (x, y) => UsageGroupOrder.Instance.Compare(x.Keys, y.Keys));
        return groups;
    }

    private static string Statement(IReadOnlyList<UsageDimension> by, List<string> conditions, bool isPrecise)
    {
        var where = string.Concat(conditions.Select(condition => $" AND {condition}"));
        var keys = by.Select(UsageSql.Key).ToList();
        var partition = UsageSql.PartitionBy(keys);
        var places = isPrecise
            ? $", row_number() OVER ({partition} ORDER BY total_ms) AS place, count(*) OVER ({partition}) AS size, min(is_call) OVER ({partition}) AS is_whole"
            : "";
        var percentiles = isPrecise
            ? ", min(CASE WHEN is_whole = 1 AND place * 100 >= size * 50 THEN total_ms END), min(CASE WHEN is_whole = 1 AND place * 100 >= size * 95 THEN total_ms END)"
            : "";
        var known = isPrecise ? "deleted_until" : "closed_until";
        return $"""
            WITH closed AS (
                SELECT CASE WHEN {known} < @first THEN @first WHEN {known} > @last THEN @last ELSE {known} END AS until FROM ledger_closed
            ), calls AS (
                SELECT started_at, 1 AS is_call, {UsageSql.CurrentFacts}, {UsageSql.Sums} FROM ledger_calls
                WHERE started_at >= @from AND started_at < @first{where}
                UNION ALL
                SELECT started_at, 1 AS is_call, {UsageSql.CurrentFacts}, {UsageSql.Sums} FROM ledger_calls
                WHERE started_at >= (SELECT until FROM closed) AND started_at < @to{where}
                UNION ALL
                SELECT day AS started_at, 0 AS is_call, {UsageSql.CurrentFacts}, {UsageSql.DaySums} FROM ledger_days
                WHERE day >= @first AND day < (SELECT until FROM closed){where}
            ), placed AS (
                SELECT calls.*{places} FROM calls
            )
            SELECT {UsageSql.List(by)}{string.Join(", ", UsageSql.SumColumns.Select(UsageSql.Sum))},
                {UsageSql.Sum($"CASE WHEN outcome IN ({UsageSql.NonFailures}) THEN 0 ELSE calls END")}{percentiles}
            FROM placed {UsageSql.GroupBy(keys)} LIMIT @limit
            """;
    }

    private static UsageGroup Read(DbDataReader row, IReadOnlyList<UsageDimension> by, bool isPrecise)
    {
        var next = by.Count;
        var keys = UsageSql.ReadKeys(row, by, OutcomeWords.Calls);
        var calls = row.GetInt64(next);
        return new UsageGroup(keys)
        {
            Calls = calls,
            PromptTokens = row.GetInt64(next + 1),
            CompletionTokens = row.GetInt64(next + 2),
            EstimatedPromptTokens = row.GetInt64(next + 3),
            EstimatedCompletionTokens = row.GetInt64(next + 4),
            KnownCostUsd = NanoDollars.Read(row.GetInt64(next + 5)),
            UnpricedCalls = row.GetInt64(next + 6),
            Average = TimeSpan.FromMilliseconds(Math.Round((double)row.GetInt64(next + 7) / calls, 3)),
            CachedTokens = row.GetInt64(next + 8),
            CacheWriteTokens = row.GetInt64(next + 9),
            ReasoningTokens = row.GetInt64(next + 10),
            Failures = row.GetInt64(next + 11),
            Median = Time(next + 12),
            Percentile95 = Time(next + 13),
        };

        TimeSpan? Time(int column) => !isPrecise || row.IsDBNull(column) ? null : TimeSpan.FromMilliseconds(row.GetInt64(column));
    }
}
