using Ensemble.Usage;

namespace Ensemble.Storage.Sql;

/// <summary>Adds to the counts of reports, and adds them up.</summary>
internal static class SqlReportCounts
{
    private static readonly SqlInsert<Row> Rows = new(
        "report_counts",
        """
        ON CONFLICT (ensemble, hour, measure, member, other, place)
        DO UPDATE SET value = report_counts.value + excluded.value
        """,
        [
            new SqlColumn<Row, int>("ensemble", static (row, names) => names[row.Ensemble]),
            new SqlColumn<Row, long>("hour", static (row, _) => row.Hour),
            new SqlColumn<Row, int>("measure", static (row, _) => (int)row.Key.Measure),
            new SqlColumn<Row, int>("member", static (row, names) => Number(row.Key.Member, names)),
            new SqlColumn<Row, int>("other", static (row, names) => Number(row.Key.Other, names)),
            new SqlColumn<Row, int>("place", static (row, _) => row.Key.Place),
            new SqlColumn<Row, long>("value", static (row, _) => row.Value),
        ]);

    private const string Range =
        "FROM report_counts WHERE ensemble = (SELECT id FROM ledger_names WHERE name = @ensemble) AND hour >= @from AND hour < @to";

    // Names are looked up for what is left once everything is added up.
    private static readonly string Totals =
        $"""
         SELECT measure, coalesce({UsageSql.Name("member")}, ''), coalesce({UsageSql.Name("other")}, ''), place, value FROM (
             SELECT measure, member, other, place, {UsageSql.Sum("value")} AS value {Range} GROUP BY measure, member, other, place
         ) AS sums
         """;

    private static readonly string Periods =
        $"""
         SELECT hour - hour % @unit, measure, {UsageSql.Sum("value")} {Range}
         AND measure IN ({(int)ReportMeasure.Runs}, {(int)ReportMeasure.Agreed}, {(int)ReportMeasure.AgreementMillionths})
         GROUP BY hour - hour % @unit, measure
         """;

    /// <summary>Within the transaction that writes what is counted.</summary>
    /// <param name="names">With those of <see cref="Names"/>.</param>
    /// <param name="counts">In any order; a key may be there more than once.</param>
    public static async Task AddAsync(
        SqlSession within, SqlDialect dialect, LedgerNames names,
        IEnumerable<(string Ensemble, DateTimeOffset StartedAt, ReportCount Count)> counts)
    {
        var sums = new Dictionary<(string Ensemble, long Hour, ReportKey Key), long>();
        foreach (var (ensemble, startedAt, count) in counts)
        {
            var key = (ensemble, UsageTime.Floor(startedAt.ToUnixTimeMilliseconds(), UsageTime.Hour), count.Key);
            sums[key] = sums.GetValueOrDefault(key) + count.Value;
        }

        Row[] rows = [.. sums.Where(static sum => sum.Value != 0)
            .Select(static sum => new Row(sum.Key.Ensemble, sum.Key.Hour, sum.Key.Key, sum.Value))
            .OrderBy(static row => row.Ensemble, StringComparer.Ordinal)
            .ThenBy(static row => row.Hour)
            .ThenBy(static row => row.Key, ReportKey.Order)];
        await within.InsertAsync(dialect, Rows, rows, names, isRepeated: true);
    }

    /// <summary>Adds the names that counts have.</summary>
    public static void Names(HashSet<string> names, IReadOnlyList<ReportCount> counts)
    {
        foreach (var count in counts)
        {
            if (count.Key.Member.Length > 0)
            {
                names.Add(count.Key.Member);
            }

            if (count.Key.Other.Length > 0)
            {
                names.Add(count.Key.Other);
            }
        }
    }

    public static async Task<ReportCounts> ReadAsync(SqlSession session, string ensemble, long from, long to, long unit)
    {
        (string, object)[] range = [("ensemble", ensemble), ("from", from), ("to", to)];
        var totals = await session.QueryAsync(
            Totals,
            static row => new ReportCount(
                new ReportKey((ReportMeasure)row.GetInt32(0), row.GetString(1), row.GetString(2), row.GetInt32(3)), row.GetInt64(4)),
            range);
        var periods = await session.QueryAsync(
            Periods, static row => (Start: row.GetInt64(0), Measure: (ReportMeasure)row.GetInt32(1), Value: row.GetInt64(2)),
            [.. range, ("unit", unit)]);
        return new ReportCounts(
            totals,
            [.. periods.GroupBy(static period => period.Start).OrderBy(static group => group.Key).Select(static group =>
                new ReportPeriod(
                    DateTimeOffset.FromUnixTimeMilliseconds(group.Key), Of(group, ReportMeasure.Runs), Of(group, ReportMeasure.Agreed),
                    Of(group, ReportMeasure.AgreementMillionths)))
                .Where(static period => period.Runs > 0)]);

        static long Of(IEnumerable<(long Start, ReportMeasure Measure, long Value)> group, ReportMeasure measure) =>
            group.Where(one => one.Measure == measure).Sum(static one => one.Value);
    }

    private static int Number(string name, LedgerNames names) => name.Length == 0 ? 0 : names[name];

    private readonly record struct Row(string Ensemble, long Hour, ReportKey Key, long Value);
}
