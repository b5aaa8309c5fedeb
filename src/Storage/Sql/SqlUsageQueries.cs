using System.Data.Common;
using System.Text.Json;
using Ensemble.Chat;
using Ensemble.Usage;

namespace Ensemble.Storage.Sql;

/// <summary>Reads the accounts in a database.</summary>
internal sealed class SqlUsageQueries(SqlDatabase database) : IUsageQueries
{
    private static readonly string Step = UsageSql.Name("step");

    private static readonly string SubCalls =
        $"""
         SELECT run, incarnation, {Step}, member, sample, {UsageSql.Name("ensemble")}, {UsageSql.Name("role")}, {UsageSql.Name("model")},
             {UsageSql.Name("caller")}, {UsageSql.Name("outcome")}, attempts, started_at, first_token_ms, total_ms, prompt_tokens,
             completion_tokens, {UsageSql.Name("source")}, cost_nano_usd, cached_tokens, cache_write_tokens, reasoning_tokens
         FROM ledger_calls
         """;

    private static readonly string SubCallOrder = $"started_at DESC, run DESC, incarnation DESC, {Step} DESC, member DESC, sample DESC";

    private static readonly string AfterSubCall =
        $"(started_at, run, incarnation, {Step}, member, sample) < (@after_started_at, @after_run, @after_incarnation, @after_step, "
        + "@after_member, @after_sample)";

    private static readonly string RunColumns =
        $"""
         SELECT run, incarnation, {UsageSql.Name("ensemble")}, {UsageSql.Name("strategy")}, {UsageSql.Name("caller")}, {UsageSql.Name("outcome")}, started_at, total_ms,
             agreement, degraded, prompt_tokens, completion_tokens, estimated_prompt_tokens, estimated_completion_tokens, cost_nano_usd
         FROM ledger_runs
         """;

    private const string Manifest = "SELECT manifest FROM ledger_runs WHERE run = @run ORDER BY incarnation DESC LIMIT 1";

    private const string Caller = "(SELECT id FROM ledger_names WHERE name = @caller)";

    private static readonly string Spent =
        $"""
         WITH closed AS (SELECT CASE WHEN closed_until < @since THEN @since ELSE closed_until END AS until FROM ledger_closed), costs AS (
             SELECT {UsageSql.Bounded("cost_nano_usd")} AS cost_nano_usd FROM ledger_calls WHERE caller = {Caller} AND started_at >= (SELECT until FROM closed)
             UNION ALL
             SELECT {UsageSql.BoundedDay("cost_nano_usd")} FROM ledger_days WHERE caller = {Caller} AND day >= @since AND day < (SELECT until FROM closed)
         )
         SELECT {UsageSql.Sum("cost_nano_usd")} FROM costs
         """;

    public Task<IReadOnlyList<UsageGroup>> SumAsync(
        UsageFilter filter, IReadOnlyList<UsageDimension> by, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync(session => SqlUsageSums.SumAsync(session, filter, by, limit), SqlDatabase.BackgroundTimeout, cancellationToken);

    public Task<IReadOnlyList<UsageRow>> ListSubCallsAsync(
        UsageFilter filter, UsagePosition? after, int limit, CancellationToken cancellationToken)
    {
        var (conditions, parameters) = Range(filter.From, filter.To, limit);
        UsageSql.AddName(conditions, parameters, "ensemble", filter.Ensemble);
        UsageSql.AddName(conditions, parameters, "model", filter.Model);
        UsageSql.AddName(conditions, parameters, "role", filter.Role);
        UsageSql.AddOutcome(conditions, parameters, OutcomeWords.Calls, filter.Outcome);
        UsageSql.AddCaller(conditions, parameters, filter.Caller);
        if (after is not null)
        {
            conditions.Add("started_at <= @after_started_at");
            conditions.Add(AfterSubCall);
            parameters.AddRange(
            [
                ("after_started_at", after.StartedAt), ("after_run", database.Dialect.Run(after.Run)),
                ("after_incarnation", after.Incarnation), ("after_step", after.Step),
                ("after_member", after.Member), ("after_sample", after.Sample),
            ]);
        }

        return ListAsync(
            $"{SubCalls} WHERE {string.Join(" AND ", conditions)} ORDER BY {SubCallOrder} LIMIT @limit", ReadSubCall, parameters,
            cancellationToken);
    }

    public Task<IReadOnlyList<RunGroup>> SumRunsAsync(
        RunFilter filter, IReadOnlyList<UsageDimension> by, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync(
            session =>
            {
                var (conditions, parameters) = Runs(filter, limit + 1);
                return SqlRunSums.SumAsync(session, conditions, parameters, by, UsageSql.IsPrecise(filter.From, filter.To));
            },
            SqlDatabase.BackgroundTimeout, cancellationToken);

    public Task<IReadOnlyList<RunRecord>> ListRunsAsync(
        RunFilter filter, RunPosition? after, int limit, CancellationToken cancellationToken)
    {
        var (conditions, parameters) = Runs(filter, limit);
        if (after is not null)
        {
            conditions.Add("started_at <= @after_started_at");
            conditions.Add("(started_at, run, incarnation) < (@after_started_at, @after_run, @after_incarnation)");
            parameters.AddRange(
                [("after_started_at", after.StartedAt), ("after_run", database.Dialect.Run(after.Run)), ("after_incarnation", after.Incarnation)]);
        }

        return ListAsync(
            $"{RunColumns} WHERE {string.Join(" AND ", conditions)} ORDER BY started_at DESC, run DESC, incarnation DESC LIMIT @limit",
            ReadRun, parameters, cancellationToken);
    }

    public async Task<RunManifest?> FindManifestAsync(RunId run, CancellationToken cancellationToken)
    {
        var found = await database.ReadAsync(
            session => session.QueryAsync(Manifest, static row => row.GetFieldValue<byte[]>(0), ("run", database.Dialect.Run(run))),
            cancellationToken);
        try
        {
            return found is [var manifest] ? StoredManifest.Read(manifest) : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidDataException)
        {
            throw new StorageException($"The database holds a manifest of run {run} that cannot be read.", isTransient: false, exception);
        }
    }

    public async Task<decimal> SpentAsync(string caller, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var spent = await database.ReadAsync(
            session => session.QueryAsync(Spent, static row => row.GetInt64(0), ("caller", caller), ("since", since.ToUnixTimeMilliseconds())), cancellationToken);
        return NanoDollars.Read(spent[0]);
    }

    private Task<IReadOnlyList<T>> ListAsync<T>(
        string sql, Func<DbDataReader, T> read, List<(string, object)> parameters, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<T>>(
            async session => await session.QueryAsync(sql, read, [.. parameters]), SqlDatabase.BackgroundTimeout, cancellationToken);

    private (List<string> Conditions, List<(string, object)> Parameters) Runs(RunFilter filter, int limit)
    {
        var (conditions, parameters) = Range(filter.From, filter.To, limit);
        UsageSql.AddName(conditions, parameters, "ensemble", filter.Ensemble);
        UsageSql.AddCaller(conditions, parameters, filter.Caller);
        UsageSql.AddOutcome(conditions, parameters, OutcomeWords.Runs, filter.Outcome);
        UsageSql.Add(conditions, parameters, "min_agreement", filter.MinAgreement, "agreement >= @min_agreement");
        UsageSql.Add(conditions, parameters, "max_agreement", filter.MaxAgreement, "agreement <= @max_agreement");
        UsageSql.Add(conditions, parameters, "min_cost", NanoDollars.Of(filter.MinCostUsd), "cost_nano_usd >= @min_cost");

        // A range, which the primary key's index answers.
        UsageSql.Add(conditions, parameters, "id", Edge(filter.IdPrefix, '0'), "run >= @id");
        UsageSql.Add(conditions, parameters, "id_end", Edge(filter.IdPrefix, 'f'), "run <= @id_end");
        return (conditions, parameters);
    }

    /// <returns>The first or the last name that begins so; null where none is asked for.</returns>
    private object? Edge(string? prefix, char rest) => prefix is null ? null
        : RunId.TryParse(prefix.PadRight(2 * RunId.Bytes, rest), out var edge) ? database.Dialect.Run(edge)
        : throw new ArgumentException(
            $"'{prefix}' is not the beginning of a run's name: that is up to 32 hexadecimal digits in lower case.", nameof(prefix));

    private static (List<string> Conditions, List<(string, object)> Parameters) Range(DateTimeOffset from, DateTimeOffset to, int limit) =>
        (["started_at >= @from", "started_at < @to"],
            [("from", from.ToUnixTimeMilliseconds()), ("to", to.ToUnixTimeMilliseconds()), ("limit", limit)]);

    private static UsageRow ReadSubCall(DbDataReader row) => new()
    {
        Run = ReadId(row),
        Incarnation = row.GetInt32(1),
        Step = row.GetString(2),
        Member = row.GetInt32(3),
        Sample = row.GetInt32(4),
        Ensemble = row.GetString(5),
        Role = row.GetString(6),
        Model = row.GetString(7),
        Caller = row.IsDBNull(8) ? null : row.GetString(8),
        Outcome = row.GetString(9),
        Attempts = row.GetInt32(10),
        StartedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(11)),
        FirstToken = Number(row, 12) is { } first ? TimeSpan.FromMilliseconds(first) : null,
        Total = TimeSpan.FromMilliseconds(row.GetInt64(13)),
        PromptTokens = Number(row, 14),
        CompletionTokens = Number(row, 15),
        Source = row.GetString(16),
        CostUsd = Number(row, 17) is { } cost ? NanoDollars.Read(cost) : null,
        CachedTokens = Number(row, 18),
        CacheWriteTokens = Number(row, 19),
        ReasoningTokens = Number(row, 20),
    };

    private static RunRecord ReadRun(DbDataReader row) => new()
    {
        Run = ReadId(row),
        Incarnation = row.GetInt32(1),
        Ensemble = row.GetString(2),
        Strategy = row.GetString(3),
        Caller = row.IsDBNull(4) ? null : row.GetString(4),
        Outcome = row.GetString(5),
        StartedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(6)),
        Total = TimeSpan.FromMilliseconds(row.GetInt64(7)),
        Agreement = row.IsDBNull(8) ? null : row.GetDouble(8),
        Degraded = row.GetString(9).Split(',', StringSplitOptions.RemoveEmptyEntries),
        Usage = new UsageTotals
        {
            Reported = new TokenUsage(row.GetInt64(10), row.GetInt64(11)),
            EstimatedPromptTokens = row.GetInt64(12),
            EstimatedCompletionTokens = row.GetInt64(13),
            CostUsd = Number(row, 14) is { } cost ? NanoDollars.Read(cost) : null,
        },
        Manifest = default,
    };

    private static long? Number(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);

    private static RunId ReadId(DbDataReader row)
    {
        if (row.GetValue(0) is byte[] { Length: RunId.Bytes } bytes)
        {
            return RunId.Of(bytes);
        }

        Span<byte> id = stackalloc byte[RunId.Bytes];
        return row.GetValue(0) is Guid run && run.TryWriteBytes(id, bigEndian: true, out _)
            ? RunId.Of(id)
            : throw new StorageException("The database holds an account whose run is no run's name.", isTransient: false);
    }
}
