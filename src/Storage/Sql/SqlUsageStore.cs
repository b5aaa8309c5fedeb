using Ensemble.Runs;
using Ensemble.Upstreams;
using Ensemble.Usage;

namespace Ensemble.Storage.Sql;

/// <summary>Accounts in a database.</summary>
internal sealed class SqlUsageStore(SqlDatabase database) : IUsageStore
{
    private static readonly SqlColumn<UsageEvent>[] SubCallKeys =
    [
        Column("run", static usage => usage.Run.Value),
        Column("incarnation", static usage => usage.Incarnation),
        Column("step", static usage => Words<SubCallStep>.Of(usage.Key.Step)),
        Column("member", static usage => usage.Key.Member),
        Column("sample", static usage => usage.Key.Sample),
    ];

    private static readonly SqlColumn<UsageEvent>[] SubCallFacts =
    [
        Column("ensemble", static usage => usage.Ensemble),
        Column("role", static usage => Words<SubCallRole>.Of(usage.Role)),
        Column("model", static usage => usage.Model),
        Column("caller", static usage => usage.Caller),
        Column("outcome", static usage => Words<CallOutcome>.Of(usage.Outcome)),
        Column("attempts", static usage => usage.Attempts),
        Column("started_at", static usage => usage.StartedAt.ToUnixTimeMilliseconds()),
        Column("first_token_ms", static usage => usage.FirstToken is { } time ? Milliseconds(time) : default(long?)),
        Column("total_ms", static usage => Milliseconds(usage.Total)),
        Column("prompt_tokens", static usage => usage.PromptTokens),
        Column("completion_tokens", static usage => usage.CompletionTokens),
        Column("source", static usage => Words<UsageSource>.Of(usage.Source)),
        Column("cost_nano_usd", static usage => NanoDollars.Of(usage.CostUsd)),
    ];

    private static readonly SqlInsert<UsageEvent> SubCalls = new(
        "usage_sub_calls",
        $"""
         ON CONFLICT ({string.Join(", ", SubCallKeys.Select(column => column.Name))})
         DO UPDATE SET {string.Join(", ", SubCallFacts.Select(column => $"{column.Name} = excluded.{column.Name}"))}
         WHERE usage_sub_calls.outcome = '{Words<CallOutcome>.Of(CallOutcome.Lost)}' AND excluded.outcome <> '{Words<CallOutcome>.Of(CallOutcome.Lost)}'
         """,
        [.. SubCallKeys, .. SubCallFacts]);

    private static readonly SqlInsert<RunRecord> Runs = new(
        "usage_runs",
        "ON CONFLICT DO NOTHING",
        [
            Column<RunRecord, string>("run", static run => run.Run.Value),
            Column<RunRecord, int>("incarnation", static run => run.Incarnation),
            Column<RunRecord, string>("ensemble", static run => run.Ensemble),
            Column<RunRecord, string>("strategy", static run => run.Strategy),
            Column<RunRecord, string?>("caller", static run => run.Caller),
            Column<RunRecord, string>("outcome", static run => run.Outcome),
            Column<RunRecord, long>("started_at", static run => run.StartedAt.ToUnixTimeMilliseconds()),
            Column<RunRecord, long>("total_ms", static run => Milliseconds(run.Total)),
            Column<RunRecord, double?>("agreement", static run => run.Agreement),
            Column<RunRecord, string>("degraded", static run => string.Join(',', run.Degraded)),
            Column<RunRecord, long>("prompt_tokens", static run => run.Usage.Reported.PromptTokens),
            Column<RunRecord, long>("completion_tokens", static run => run.Usage.Reported.CompletionTokens),
            Column<RunRecord, long>("estimated_prompt_tokens", static run => run.Usage.EstimatedPromptTokens),
            Column<RunRecord, long>("estimated_completion_tokens", static run => run.Usage.EstimatedCompletionTokens),
            Column<RunRecord, long?>("cost_nano_usd", static run => NanoDollars.Of(run.Usage.CostUsd)),
            Column<RunRecord, byte[]>("manifest", static run => PackedJson.Pack(run.Manifest.Span)),
        ]);

    public Task WriteAsync(UsageBatch batch, CancellationToken cancellationToken)
    {
        var subCalls = WithoutRepeats(batch.SubCalls);
        return database.WriteAsync(
            session => session.TransactAsync(async within =>
            {
                await SubCalls.ExecuteAsync(within, database.Dialect, subCalls);
                await Runs.ExecuteAsync(within, database.Dialect, batch.Runs);
                return 0;
            }),
            batch.IsAwaited ? Durability.PowerCut : Durability.ProcessEnd,
            cancellationToken);
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

    private static SqlColumn<UsageEvent, T> Column<T>(string name, Func<UsageEvent, T> read) => new(name, read);

    private static SqlColumn<TRow, T> Column<TRow, T>(string name, Func<TRow, T> read) => new(name, read);
}
