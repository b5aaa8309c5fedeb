using Ensemble.Usage;

namespace Ensemble.Storage.Sql;

/// <summary>Reports and feedback, in a database.</summary>
internal sealed class SqlReportStore(SqlDatabase database) : IReportStore
{
    private const string Key = "run = @run AND administrator = @administrator AND caller = @caller";

    private const string Insert =
        """
        INSERT INTO run_feedback (run, administrator, caller, ensemble, started_at, given_at, score_millionths, comment)
        VALUES (@run, @administrator, @caller, @ensemble, @started_at, @given_at, @score, @comment)
        ON CONFLICT DO NOTHING
        """;

    // Holds the row, so that of two who replace it at once each takes back what the other one has counted.
    private const string Hold = $"UPDATE run_feedback SET given_at = given_at WHERE {Key} RETURNING score_millionths";

    private const string Replace =
        $"UPDATE run_feedback SET given_at = @given_at, score_millionths = @score, comment = @comment WHERE {Key}";

    private static readonly string Find =
        $"""
         SELECT administrator, {UsageSql.Name("caller")}, {UsageSql.Name("ensemble")}, started_at, given_at, score_millionths, comment
         FROM run_feedback WHERE run = @run ORDER BY given_at DESC, administrator, caller
         """;

    public Task<ReportCounts> ReadAsync(
        string ensemble, DateTimeOffset from, DateTimeOffset to, UsageDimension unit, CancellationToken cancellationToken) =>
        database.ReadAsync(
            session => SqlReportCounts.ReadAsync(
                session,
                ensemble,
                UsageTime.Floor(from.ToUnixTimeMilliseconds(), UsageTime.Hour),
                UsageTime.Ceiling(to.ToUnixTimeMilliseconds(), UsageTime.Hour),
                unit == UsageDimension.Day ? UsageTime.Day : UsageTime.Hour),
            SqlDatabase.BackgroundTimeout, cancellationToken);

    public Task SaveAsync(RunFeedback feedback, CancellationToken cancellationToken) => database.WriteAsync(
        session => session.TransactAsync(within => SaveAsync(within, feedback)), Durability.ProcessEnd, cancellationToken);

    public Task<IReadOnlyList<RunFeedback>> FindFeedbackAsync(RunId run, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<RunFeedback>>(
            async session => await session.QueryAsync(
                Find,
                row => new RunFeedback
                {
                    Run = run,
                    IsAdministrator = row.GetInt32(0) != 0,
                    Caller = row.IsDBNull(1) ? null : row.GetString(1),
                    Ensemble = row.GetString(2),
                    StartedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(3)),
                    At = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(4)),
                    Score = RunFeedback.ScoreOf(row.GetInt64(5)),
                    Comment = row.GetFieldValue<byte[]>(6),
                },
                ("run", database.Dialect.Run(run))),
            cancellationToken);

    private async Task<int> SaveAsync(SqlSession within, RunFeedback feedback)
    {
        var wanted = new HashSet<string>(StringComparer.Ordinal) { feedback.Ensemble };
        if (feedback.Caller is { } caller)
        {
            wanted.Add(caller);
        }

        SqlReportCounts.Names(wanted, feedback.Counts());
        var names = await LedgerNames.ReadAsync(within, database.Dialect, wanted);
        (string, object)[] key =
        [
            ("run", database.Dialect.Run(feedback.Run)),
            ("administrator", feedback.IsAdministrator ? 1 : 0),
            ("caller", names.Of(feedback.Caller) ?? 0),
        ];
        (string, object)[] said =
            [("given_at", feedback.At.ToUnixTimeMilliseconds()), ("score", feedback.ScoreMillionths), ("comment", feedback.Comment)];
        var counts = feedback.Counts();
        if (await within.ExecuteAsync(
            Insert,
            [.. key, .. said, ("ensemble", names[feedback.Ensemble]), ("started_at", feedback.StartedAt.ToUnixTimeMilliseconds())]) == 0)
        {
            var earlier = (await within.QueryAsync(Hold, static row => row.GetInt64(0), key))[0];
            await within.ExecuteAsync(Replace, [.. key, .. said]);
            counts = [.. counts, .. (feedback with { Score = RunFeedback.ScoreOf(earlier) }).Counts()
                .Select(static count => count with { Value = -count.Value })];
        }

        await SqlReportCounts.AddAsync(
            within, database.Dialect, names, counts.Select(count => (feedback.Ensemble, feedback.StartedAt, count)));
        return 0;
    }
}
