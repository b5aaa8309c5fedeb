using System.Data.Common;
using Ensemble.Runs;
using Ensemble.Usage;

namespace Ensemble.Storage.Sql;

/// <summary>Sums over the runs that are kept.</summary>
internal static class SqlRunSums
{
    private const string Facts =
        "started_at, ensemble, strategy, caller, total_ms, agreement, degraded, prompt_tokens, completion_tokens, cost_nano_usd";

    private static readonly string Sums = string.Join(
        ", ",
        "count(*)",
        UsageSql.Sum(
            $"CASE WHEN outcome IN ({UsageSql.Id(RunManifest.Completed)}, "
            + $"{UsageSql.Id(EnumNames<RunFailureKind>.Of(RunFailureKind.Cancelled))}) THEN 0 ELSE 1 END"),
        UsageSql.Sum("CASE WHEN degraded = '' THEN 0 ELSE 1 END"),
        UsageSql.Sum(UsageSql.Bounded("prompt_tokens")),
        UsageSql.Sum(UsageSql.Bounded("completion_tokens")),
        UsageSql.Sum(UsageSql.Bounded("cost_nano_usd")),
        UsageSql.Sum("CASE WHEN cost_nano_usd IS NULL THEN 1 ELSE 0 END"),
        UsageSql.Sum("total_ms"),
        "avg(agreement)");

    /// <param name="conditions">What runs are meant, with <paramref name="parameters"/>; one of these is <c>limit</c>.</param>
    /// <param name="isPrecise">Whether percentiles are wanted.</param>
    public static async Task<IReadOnlyList<RunGroup>> SumAsync(
        SqlSession session, IEnumerable<string> conditions, IReadOnlyList<(string, object)> parameters, IReadOnlyList<UsageDimension> by,
        bool isPrecise)
    {
        var keys = by.Select(UsageSql.Key).ToList();
        var partition = UsageSql.PartitionBy(keys);
        var places = isPrecise ? $", row_number() OVER ({partition} ORDER BY total_ms) AS place, count(*) OVER ({partition}) AS size" : "";
        var percentiles = isPrecise
            ? ", min(CASE WHEN place * 100 >= size * 50 THEN total_ms END), min(CASE WHEN place * 100 >= size * 95 THEN total_ms END)"
            : "";
        var statement = $"""
            WITH found AS (
                SELECT {Facts}, {UsageSql.Outcome(OutcomeWords.Runs)} AS outcome FROM ledger_runs WHERE {string.Join(" AND ", conditions)}
            ), placed AS (
                SELECT found.*{places} FROM found
            )
            SELECT {UsageSql.List(by)}{Sums}{percentiles} FROM placed {UsageSql.GroupBy(keys)} LIMIT @limit
            """;
        var groups = await session.QueryAsync(statement, row => Read(row, by, isPrecise), [.. parameters]);

        // Each database orders text in its own way.
        groups.Sort(static (x, y) => UsageGroupOrder.Instance.Compare(x.Keys, y.Keys));
        return groups;
    }

    private static RunGroup Read(DbDataReader row, IReadOnlyList<UsageDimension> by, bool isPrecise)
    {
        var next = by.Count;
        var runs = row.GetInt64(next);
        return new RunGroup(UsageSql.ReadKeys(row, by, OutcomeWords.Runs))
        {
            Runs = runs,
            Failures = row.GetInt64(next + 1),
            Degraded = row.GetInt64(next + 2),
            PromptTokens = row.GetInt64(next + 3),
            CompletionTokens = row.GetInt64(next + 4),
            KnownCostUsd = NanoDollars.Read(row.GetInt64(next + 5)),
            UnpricedRuns = row.GetInt64(next + 6),
            Average = TimeSpan.FromMilliseconds(Math.Round((double)row.GetInt64(next + 7) / runs, 3)),
            Agreement = row.IsDBNull(next + 8) ? null : Math.Round(row.GetDouble(next + 8), 6),
            Median = isPrecise ? TimeSpan.FromMilliseconds(row.GetInt64(next + 9)) : null,
            Percentile95 = isPrecise ? TimeSpan.FromMilliseconds(row.GetInt64(next + 10)) : null,
        };
    }
}
