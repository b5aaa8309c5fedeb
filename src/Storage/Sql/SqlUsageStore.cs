using System.Data.Common;
using Ensemble.Upstreams;
using Ensemble.Usage;

namespace Ensemble.Storage.Sql;

/// <summary>Accounts in a database.</summary>
internal sealed class SqlUsageStore(SqlDatabase database) : IUsageStore
{
    private static readonly string Lost = EnumNames<CallOutcome>.Of(CallOutcome.Lost);

    private static readonly SqlColumn<UsageEvent>[] SubCallKeys =
    [
        Column("run", static usage => usage.Run),
        Column("incarnation", static usage => usage.Incarnation),
        Column("step", static (usage, names) => names[EnumNames<SubCallStep>.Of(usage.Key.Step)]),
        Column("member", static usage => usage.Key.Member),
        Column("sample", static usage => usage.Key.Sample),
    ];

    private static readonly SqlColumn<UsageEvent>[] SubCallFacts =
    [
        Column("ensemble", static (usage, names) => names[usage.Ensemble]),
        Column("role", static (usage, names) => names[EnumNames<SubCallRole>.Of(usage.Role)]),
        Column("model", static (usage, names) => names[usage.Model]),
        Column("caller", static (usage, names) => names.Of(usage.Caller)),
        Column("outcome", static (usage, names) => names[EnumNames<CallOutcome>.Of(usage.Outcome)]),
        Column("attempts", static usage => usage.Attempts),
        Column("started_at", static usage => usage.StartedAt.ToUnixTimeMilliseconds()),
        Column("first_token_ms", static usage => usage.FirstToken is { } time ? Milliseconds(time) : default(long?)),
        Column("total_ms", static usage => Milliseconds(usage.Total)),
        Column("prompt_tokens", static usage => usage.PromptTokens),
        Column("completion_tokens", static usage => usage.CompletionTokens),
        Column("source", static (usage, names) => names[EnumNames<UsageSource>.Of(usage.Source)]),
        Column("cost_nano_usd", static usage => NanoDollars.Of(usage.CostUsd)),
        Column("cached_tokens", static usage => usage.CachedTokens),
        Column("cache_write_tokens", static usage => usage.CacheWriteTokens),
        Column("reasoning_tokens", static usage => usage.ReasoningTokens),
    ];

    private static readonly SqlInsert<UsageEvent> SubCalls = new(
        "ledger_calls",
        $"""
         ON CONFLICT ({string.Join(", ", SubCallKeys.Select(column => column.Name))})
         DO UPDATE SET {string.Join(", ", SubCallFacts.Select(column => $"{column.Name} = excluded.{column.Name}"))}
         WHERE ledger_calls.outcome = {UsageSql.Id(Lost)} AND excluded.outcome <> {UsageSql.Id(Lost)}
         """,
        [.. SubCallKeys, .. SubCallFacts]);

    private static readonly SqlInsert<RunRecord> Runs = new(
        "ledger_runs",
        "ON CONFLICT DO NOTHING",
        [
            Column<RunRecord, RunId>("run", static (run, _) => run.Run),
            Column<RunRecord, int>("incarnation", static (run, _) => run.Incarnation),
            Column<RunRecord, int>("ensemble", static (run, names) => names[run.Ensemble]),
            Column<RunRecord, int>("strategy", static (run, names) => names[run.Strategy]),
            Column<RunRecord, int?>("caller", static (run, names) => names.Of(run.Caller)),
            Column<RunRecord, int>("outcome", static (run, names) => names[run.Outcome]),
            Column<RunRecord, long>("started_at", static (run, _) => run.StartedAt.ToUnixTimeMilliseconds()),
            Column<RunRecord, long>("total_ms", static (run, _) => Milliseconds(run.Total)),
            Column<RunRecord, double?>("agreement", static (run, _) => run.Agreement),
            Column<RunRecord, string>("degraded", static (run, _) => string.Join(',', run.Degraded)),
            Column<RunRecord, long>("prompt_tokens", static (run, _) => run.Usage.Reported.PromptTokens),
            Column<RunRecord, long>("completion_tokens", static (run, _) => run.Usage.Reported.CompletionTokens),
            Column<RunRecord, long>("estimated_prompt_tokens", static (run, _) => run.Usage.EstimatedPromptTokens),
            Column<RunRecord, long>("estimated_completion_tokens", static (run, _) => run.Usage.EstimatedCompletionTokens),
            Column<RunRecord, long?>("cost_nano_usd", static (run, _) => NanoDollars.Of(run.Usage.CostUsd)),
            Column<RunRecord, byte[]>("manifest", static (run, _) => SqlSession.ToArray(run.Manifest)),
        ])
    {
        Key = new SqlRowKey<RunRecord>(
            "run, incarnation",
            static row => (row.GetGuid(0), row.GetInt32(1)),
            static run => (new Guid(run.Run.Value), run.Incarnation)),
    };

    public Task WriteAsync(UsageBatch batch, CancellationToken cancellationToken) => database.WriteAsync(
        session => WriteAsync(session, batch), batch.IsAwaited ? Durability.PowerCut : Durability.ProcessEnd, SqlDatabase.BackgroundTimeout,
        cancellationToken);

    private async Task<int> WriteAsync(SqlSession session, UsageBatch batch)
    {
        try
        {
            return await session.TransactAsync(within => InsertAsync(within, batch.SubCalls, batch.Runs, isRepeated: false));
        }
        catch (DbException exception) when (exception.SqlState == ISqlBulk.UniqueViolation)
        {
            return await session.TransactAsync(within => InsertAsync(within, WithoutRepeats(batch.SubCalls), batch.Runs, isRepeated: true));
        }
    }

    private async Task<int> InsertAsync(
        SqlSession within, IReadOnlyList<UsageEvent> subCalls, IReadOnlyList<RunRecord> runs, bool isRepeated)
    {
        var names = await LedgerNames.ReadAsync(within, database.Dialect, Names(subCalls, runs));
        await within.InsertAsync(database.Dialect, SubCalls, subCalls, names, isRepeated);
        var kept = await within.InsertAsync(database.Dialect, Runs, runs, names, isRepeated);

        // Of those alone that were not there: each run is counted once, however often it is written.
        await SqlReportCounts.AddAsync(
            within, database.Dialect, names,
            kept.SelectMany(static run => run.Counts, static (run, count) => (run.Ensemble, run.StartedAt, count)));
        return 0;
    }

    private static HashSet<string> Names(IReadOnlyList<UsageEvent> subCalls, IReadOnlyList<RunRecord> runs)
    {
        // What a statement compares with has a number before it is compared.
        var names = new HashSet<string>(StringComparer.Ordinal) { Lost };
        foreach (var usage in subCalls)
        {
            names.Add(usage.Ensemble);
            names.Add(usage.Model);
            names.Add(usage.Caller ?? Lost);
            names.Add(EnumNames<SubCallStep>.Of(usage.Key.Step));
            names.Add(EnumNames<SubCallRole>.Of(usage.Role));
            names.Add(EnumNames<CallOutcome>.Of(usage.Outcome));
            names.Add(EnumNames<UsageSource>.Of(usage.Source));
        }

        foreach (var run in runs)
        {
            names.Add(run.Ensemble);
            names.Add(run.Strategy);
            names.Add(run.Caller ?? Lost);
            names.Add(run.Outcome);
            SqlReportCounts.Names(names, run.Counts);
        }

        return names;
    }

    // PostgreSQL changes no row twice in one statement, so what the batch itself says of a sub-call is settled here.
    private static List<UsageEvent> WithoutRepeats(IReadOnlyList<UsageEvent> subCalls)
    {
        var places = new Dictionary<SubCallId, int>(subCalls.Count);
        var kept = new List<UsageEvent>(subCalls.Count);
        foreach (var usage in subCalls)
        {
            if (places.TryAdd(SubCallId.Of(usage), kept.Count))
            {
                kept.Add(usage);
            }
            else if (places[SubCallId.Of(usage)] is var place && kept[place].Outcome == CallOutcome.Lost)
            {
                kept[place] = usage;
            }
        }

        return kept;
    }

    private static long Milliseconds(TimeSpan time) => (long)Math.Round(time.TotalMilliseconds);

    private static SqlColumn<UsageEvent, T> Column<T>(string name, Func<UsageEvent, T> read) => new(name, (usage, _) => read(usage));

    private static SqlColumn<UsageEvent, T> Column<T>(string name, Func<UsageEvent, LedgerNames, T> read) => new(name, read);

    private static SqlColumn<TRow, T> Column<TRow, T>(string name, Func<TRow, LedgerNames, T> read) => new(name, read);
}
