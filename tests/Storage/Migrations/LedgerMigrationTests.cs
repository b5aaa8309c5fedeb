using Ensemble.Storage.Memory;
using Ensemble.Storage.Postgres;
using Ensemble.Storage.Sql;
using Ensemble.Storage.Sqlite;
using Ensemble.Storage.Tests.Support;
using Ensemble.Testing;
using Ensemble.Upstreams;
using Ensemble.Usage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ensemble.Storage.Tests.Migrations;

/// <summary>Step 7 writes the accounts again, in other tables: nothing of them is lost or changed by it.</summary>
public sealed class LedgerMigrationTests
{
    private const int StepsBefore = 6;

    private static readonly DateTimeOffset Start = TestUsage.Start;
    private static readonly UsageFilter AllCalls = new(Start.AddYears(-1), Start.AddYears(1));
    private static readonly RunFilter AllRuns = new(Start.AddYears(-1), Start.AddYears(1));

    public static TheoryData<StorageProvider> Sql => TestDatabase.Sql;

    [Theory]
    [MemberData(nameof(Sql))]
    public async Task Open_AccountsOfTheVersionBefore_AreAllThereAsTheyWere(StorageProvider provider)
    {
        await using var database = await BeforeAsync(provider);
        var calls = Calls();
        var runs = calls.GroupBy(call => call.Run).Select(run => Ended(run.Key, [.. run])).ToList();
        foreach (var call in calls)
        {
            await database.QueryAsync(OldInsert(call));
        }

        foreach (var run in runs)
        {
            await database.QueryAsync(OldInsert(run, provider));
        }

        await database.QueryAsync($"INSERT INTO usage_days VALUES ({Day(-3)}, 'council', 'gone', 'panel', 'anna', 'ok', 7, 70, 71, 72, 73, 7000, 1, 700)");
        await database.QueryAsync($"UPDATE usage_closed SET closed_until = {Day(-2)}, deleted_until = {Day(-2)}");
        var memory = new InMemoryUsageStore();
        await memory.WriteAsync(new(calls, [.. runs.Select(RunRecord.Of)]), Now.Cancel);
        var expected = new InMemoryUsageQueries(memory);

        var queries = database.Another().UsageQueries;

        (await queries.ListSubCallsAsync(AllCalls, null, 1000, Now.Cancel)).ShouldBe(await expected.ListSubCallsAsync(AllCalls, null, 1000, Now.Cancel));
        (await queries.ListRunsAsync(AllRuns, null, 1000, Now.Cancel)).Select(run => (run.Run, run.Incarnation, run.Outcome, run.Usage)).ShouldBe(
            (await expected.ListRunsAsync(AllRuns, null, 1000, Now.Cancel)).Select(run => (run.Run, run.Incarnation, run.Outcome, run.Usage)));
        foreach (var run in runs)
        {
            RunManifestJson.Write((await queries.FindManifestAsync(run.Run, Now.Cancel)).ShouldNotBeNull()).ShouldBe(RunManifestJson.Write(run));
        }

        var gone = (await queries.SumAsync(AllCalls with { Model = "gone" }, [UsageDimension.Day, UsageDimension.Role], 10, Now.Cancel)).ShouldHaveSingleItem();
        (gone.Calls, gone.PromptTokens, gone.EstimatedCompletionTokens, gone.KnownCostUsd, gone.UnpricedCalls).ShouldBe((7, 70, 73, 0.000_007m, 1));
        gone.Keys.ShouldBe([Start.AddDays(-3).ToString("yyyy-MM-dd", null), "panel"]);
        (await queries.SpentAsync("anna", Start.AddDays(-10), Now.Cancel)).ShouldBe(
            0.000_007m + calls.Where(call => call.Caller == "anna").Sum(call => call.CostUsd ?? 0));
    }

    [Theory]
    [MemberData(nameof(Sql))]
    public async Task Open_ManyAccountsOfTheVersionBefore_AreThereOnce(StorageProvider provider)
    {
        await using var database = await BeforeAsync(provider);
        await database.QueryAsync(
            $"""
            INSERT INTO usage_sub_calls
            WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 20000)
            SELECT {(provider == StorageProvider.Postgres ? "md5(CAST(n AS text))" : "lower(hex(randomblob(16)))")}, 1, 'candidate', n % 4, 0, 'council', 'panel', 'quokka', 'anna',
                'ok', 1, {Start.ToUnixTimeMilliseconds()} + n, NULL, 5, 1, 1, 'reported', 3
            FROM numbers
            """);

        var sum = (await database.Another().UsageQueries.SumAsync(AllCalls, [], 1, Now.Cancel)).ShouldHaveSingleItem();

        (sum.Calls, sum.PromptTokens, sum.KnownCostUsd).ShouldBe((20_000, 20_000, 0.000_06m));
    }

    [Fact]
    public async Task Write_ByAProcessOfTheVersionBefore_ThatIsNotReplacedYet_IsKept()
    {
        await using var database = await BeforeAsync(StorageProvider.Postgres);
        await database.Another().OpenAsync(Now.Cancel);
        var (calls, run) = (Calls(), RunId.New());
        var ended = Ended(run, TestUsage.SubCall(run));
        UsageEvent[] twice = [.. calls, TestUsage.Lost(run), TestUsage.SubCall(run), TestUsage.Lost(run)];

        foreach (var call in twice)
        {
            await database.QueryAsync(OldInsert(call) + OldConflict);
        }

        await database.QueryAsync(OldInsert(ended, StorageProvider.Postgres) + " ON CONFLICT DO NOTHING");
        await database.QueryAsync(OldInsert(ended with { Outcome = "internal_error" }, StorageProvider.Postgres) + " ON CONFLICT DO NOTHING");

        var memory = new InMemoryUsageStore();
        await memory.WriteAsync(new(twice, []), Now.Cancel);
        var queries = database.Another().UsageQueries;
        (await queries.ListSubCallsAsync(AllCalls, null, 1000, Now.Cancel)).ShouldBe(
            await new InMemoryUsageQueries(memory).ListSubCallsAsync(AllCalls, null, 1000, Now.Cancel));
        (await queries.ListRunsAsync(AllRuns, null, 10, Now.Cancel)).ShouldHaveSingleItem().Outcome.ShouldBe("completed");
        RunManifestJson.Write((await queries.FindManifestAsync(run, Now.Cancel)).ShouldNotBeNull()).ShouldBe(RunManifestJson.Write(ended));
    }

    /// <summary>As the version before wrote it for PostgreSQL.</summary>
    private const string OldConflict =
        """
         ON CONFLICT (run, incarnation, step, member, sample)
        DO UPDATE SET ensemble = excluded.ensemble, role = excluded.role, model = excluded.model, caller = excluded.caller, outcome = excluded.outcome,
            attempts = excluded.attempts, started_at = excluded.started_at, first_token_ms = excluded.first_token_ms, total_ms = excluded.total_ms,
            prompt_tokens = excluded.prompt_tokens, completion_tokens = excluded.completion_tokens, source = excluded.source, cost_nano_usd = excluded.cost_nano_usd
        WHERE usage_sub_calls.outcome = 'lost' AND excluded.outcome <> 'lost'
        """;

    private static string OldInsert(UsageEvent call)
    {
        var row = UsageRow.Of(call);
        return $"""
            INSERT INTO usage_sub_calls (run, incarnation, step, member, sample, ensemble, role, model, caller, outcome, attempts, started_at, first_token_ms,
                total_ms, prompt_tokens, completion_tokens, source, cost_nano_usd)
            VALUES ('{row.Run}', {row.Incarnation}, '{row.Step}', {row.Member}, {row.Sample}, '{row.Ensemble}', '{row.Role}', '{row.Model}', {Text(row.Caller)},
                '{row.Outcome}', {row.Attempts}, {row.StartedAt.ToUnixTimeMilliseconds()}, {Number(row.FirstToken?.TotalMilliseconds)},
                {row.Total.TotalMilliseconds:0}, {Number(row.PromptTokens)}, {Number(row.CompletionTokens)}, '{row.Source}', {Number(row.CostUsd * 1_000_000_000m)})
            """;
    }

    private static string OldInsert(RunManifest run, StorageProvider provider)
    {
        var record = RunRecord.Of(run);
        var hex = Convert.ToHexStringLower(record.Manifest.Span);
        return $"""
            INSERT INTO usage_runs (run, incarnation, ensemble, strategy, caller, outcome, started_at, total_ms, agreement, degraded, prompt_tokens,
                completion_tokens, estimated_prompt_tokens, estimated_completion_tokens, cost_nano_usd, manifest)
            VALUES ('{record.Run}', {record.Incarnation}, '{record.Ensemble}', '{record.Strategy}', {Text(record.Caller)}, '{record.Outcome}',
                {record.StartedAt.ToUnixTimeMilliseconds()}, {record.Total.TotalMilliseconds:0}, 0.5, '', {record.Usage.Reported.PromptTokens},
                {record.Usage.Reported.CompletionTokens}, {record.Usage.EstimatedPromptTokens}, {record.Usage.EstimatedCompletionTokens},
                {Number(record.Usage.CostUsd * 1_000_000_000m)}, {(provider == StorageProvider.Postgres ? $"decode('{hex}', 'hex')" : $"x'{hex}'")})
            """;
    }

    private static string Text(string? text) => text is null ? "NULL" : $"'{text}'";

    private static string Number(IFormattable? number) => number?.ToString("0", null) ?? "NULL";

    private static long Day(int days) => Start.AddDays(days).ToUnixTimeMilliseconds();

    /// <summary>Of runs with random names, as they were before, and with ones that begin with the time.</summary>
    private static List<UsageEvent> Calls()
    {
        RunId[] runs = [RunId.New(), RunId.Of([.. Enumerable.Range(0, 16).Select(digit => (byte)(255 - digit))]), RunId.Of(new byte[16])];
        var outcomes = Enum.GetValues<CallOutcome>();
        return [.. runs.SelectMany((run, index) => Enumerable.Range(0, outcomes.Length).Select(member => TestUsage.SubCall(run, member, outcomes[member]) with
        {
            StartedAt = Start.AddMinutes(index).AddSeconds(member),
            Caller = member % 3 == 0 ? null : "anna",
            Role = (SubCallRole)(member % 3),
            Key = new SubCallKey((SubCallStep)(member % 2), member, index),
            FirstToken = member % 2 == 0 ? null : TimeSpan.FromMilliseconds(member),
            Source = (UsageSource)(member % 3),
            PromptTokens = member % 3 == 0 ? null : member,
            CostUsd = member % 4 == 0 ? null : member * 0.001m,
        }))];
    }

    private static RunManifest Ended(RunId run, params UsageEvent[] calls) => TestUsage.Ended(run, calls) with { StartedAt = calls[0].StartedAt };

    private static async Task<TestDatabase> BeforeAsync(StorageProvider provider)
    {
        var database = await TestDatabase.CreateAsync(provider);
        IReadOnlyList<Migration> steps =
            [.. Migration.For(provider == StorageProvider.Sqlite ? SqliteDatabase.SqlDialect : PostgresDatabase.SqlDialect).Take(StepsBefore)];
        await using SqlDatabase before = provider == StorageProvider.Sqlite
            ? new SqliteDatabase(SqlitePath.Of(database.Options.ConnectionString), steps, TimeProvider.System)
            : new PostgresDatabase(PostgresConnection.Read(database.Options.ConnectionString), steps, TimeProvider.System, NullLoggerFactory.Instance);
        await before.OpenAsync(Now.Cancel);
        return database;
    }
}
