using System.Globalization;
using Ensemble.Storage.Tests.Support;
using Ensemble.Testing;
using Ensemble.Upstreams;
using Ensemble.Usage;

namespace Ensemble.Storage.Tests.Stores;

/// <summary>Accounts, as they lie in the tables.</summary>
public sealed class UsageStoreTests
{
    private const string Outcomes = "SELECT outcome, attempts FROM ledger_calls_named ORDER BY member";

    public static TheoryData<StorageProvider> Sql => TestDatabase.Sql;

    [Theory]
    [MemberData(nameof(Sql))]
    public async Task Write_SubCall_IsInItsColumns(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var run = RunId.New();
        var known = TestUsage.SubCall(run, member: 2) with { Key = new SubCallKey(SubCallStep.Candidate, 2, 1), Incarnation = 3, CachedTokens = 4, CacheWriteTokens = 2, ReasoningTokens = 9 };
        var lost = TestUsage.Lost(run, member: 4);

        await database.Another().Usage.WriteAsync(new([known, lost], []), Now.Cancel);

        var start = TestUsage.Start.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        (await database.QueryAsync(
            """
            SELECT run, incarnation, step, member, sample, ensemble, role, model, caller, outcome, attempts, started_at, first_token_ms, total_ms,
                prompt_tokens, completion_tokens, source, cost_nano_usd, cached_tokens, cache_write_tokens, reasoning_tokens
            FROM ledger_calls_named ORDER BY member
            """)).ShouldBe(
        [
            $"{run}|3|candidate|2|1|council|panel|quokka|anna|ok|1|{start}|250|1500|7|11|reported|123|4|2|9",
            $"{run}|1|candidate|4|0|council|panel|quokka||lost|1|{start}||30000|||none||||",
        ]);
    }

    [Theory]
    [MemberData(nameof(Sql))]
    public async Task Write_Run_IsInItsColumnsWithItsManifest(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var run = RunId.New();
        var ended = TestUsage.Ended(run, TestUsage.SubCall(run), TestUsage.SubCall(run, 1)) with { Degraded = ["deadline", "judge_failed"] };
        var poor = TestUsage.Ended(RunId.New()) with { Incarnation = 2, Caller = null, Agreement = null, Usage = UsageTotals.None with { CostUsd = null } };

        await database.Another().Usage.WriteAsync(new([], [RunRecord.Of(ended), RunRecord.Of(poor)]), Now.Cancel);

        var start = TestUsage.Start.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        (await database.QueryAsync(
            """
            SELECT run, incarnation, ensemble, strategy, caller, outcome, started_at, total_ms, agreement, degraded,
                prompt_tokens, completion_tokens, estimated_prompt_tokens, estimated_completion_tokens, cost_nano_usd
            FROM ledger_runs_named ORDER BY incarnation
            """)).ShouldBe(
        [
            $"{run}|1|council|synthesize|anna|completed|{start}|2500|0.5|deadline,judge_failed|14|22|3|4|246",
            $"{poor.Run}|2|council|synthesize||completed|{start}|2500|||0|0|0|0|",
        ]);
        var manifest = (await database.Another().UsageQueries.FindManifestAsync(run, Now.Cancel)).ShouldNotBeNull();
        RunManifestJson.Write(manifest).ShouldBe(RunManifestJson.Write(ended));
    }

    [Theory]
    [MemberData(nameof(Sql))]
    public async Task FindManifest_StoredByAnEarlierVersionAsPlainJson_IsRead(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var ended = TestUsage.Ended(RunId.New());
        await database.Another().Usage.WriteAsync(new([], [RunRecord.Of(ended)]), Now.Cancel);
        var hex = Convert.ToHexStringLower(RunManifestJson.Write(ended));
        await database.QueryAsync($"UPDATE ledger_runs SET manifest = {(provider == StorageProvider.Postgres ? $"decode('{hex}', 'hex')" : $"x'{hex}'")}");

        var manifest = (await database.Another().UsageQueries.FindManifestAsync(ended.Run, Now.Cancel)).ShouldNotBeNull();

        RunManifestJson.Write(manifest).ShouldBe(RunManifestJson.Write(ended));
    }

    [Theory]
    [MemberData(nameof(Sql))]
    public async Task Write_TheSameAgain_ChangesNothing(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var run = RunId.New();
        var (usage, ended) = (TestUsage.SubCall(run), RunRecord.Of(TestUsage.Ended(run)));
        await database.Another().Usage.WriteAsync(new([usage], [ended]), Now.Cancel);

        // From another process, twice in one batch, beside a new one.
        var changed = usage with { Attempts = 9 };
        await database.Another().Usage.WriteAsync(
            new([changed, changed, TestUsage.Lost(run), TestUsage.SubCall(run, 1)], [ended with { Outcome = "internal_error" }, ended with { Outcome = "internal_error" }]), Now.Cancel);

        (await database.QueryAsync(Outcomes)).ShouldBe(["ok|1", "ok|1"]);
        (await database.QueryAsync("SELECT outcome FROM ledger_runs_named")).ShouldBe(["completed"]);
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite, true, true)]
    [InlineData(StorageProvider.Sqlite, true, false)]
    [InlineData(StorageProvider.Sqlite, false, true)]
    [InlineData(StorageProvider.Sqlite, false, false)]
    [InlineData(StorageProvider.Postgres, true, true)]
    [InlineData(StorageProvider.Postgres, true, false)]
    [InlineData(StorageProvider.Postgres, false, true)]
    [InlineData(StorageProvider.Postgres, false, false)]
    public async Task Write_LostAndWhatReallyBecameOfIt_KeepsTheLatterWhole(StorageProvider provider, bool lostFirst, bool together)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var run = RunId.New();
        UsageEvent[] both = [TestUsage.Lost(run), TestUsage.SubCall(run, outcome: CallOutcome.Stalled) with { Attempts = 3 }];
        both = lostFirst ? both : [.. both.Reverse()];

        foreach (var batch in together ? [both] : both.Chunk(1))
        {
            await database.Another().Usage.WriteAsync(new(batch, []), Now.Cancel);
        }

        (await database.QueryAsync("SELECT outcome, attempts, caller, prompt_tokens, source, cost_nano_usd, total_ms FROM ledger_calls_named"))
            .ShouldBe(["stalled|3|anna|7|reported|123|1500"]);
    }

    [Theory]
    [MemberData(nameof(Sql))]
    public async Task Write_Costs_AreExactToTheNanoDollar(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var run = RunId.New();
        decimal?[] costs = [0.000_000_001m, 1234.567_890_123m, 0, null, 0.000_000_000_5m, 0.000_000_000_49m, 1e25m];

        await database.Another().Usage.WriteAsync(new([.. costs.Select((cost, member) => TestUsage.SubCall(run, member) with { CostUsd = cost })], []), Now.Cancel);

        (await database.QueryAsync("SELECT cost_nano_usd FROM ledger_calls_named ORDER BY member"))
            .ShouldBe(["1", "1234567890123", "0", "", "1", "0", "9000000000000000000"]);
    }

    [Theory]
    [MemberData(nameof(Sql))]
    public async Task Write_TenThousandInABatch_KeepsThemAll(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var runs = Enumerable.Range(0, 2000).Select(_ => RunId.New()).ToList();
        var subCalls = runs.SelectMany(run => Enumerable.Range(0, 4).Select(member => TestUsage.SubCall(run, member))).ToList();

        await database.Another().Usage.WriteAsync(new(subCalls, [.. runs.Select(run => RunRecord.Of(TestUsage.Ended(run)))]), Now.Cancel);

        (await database.QueryAsync("SELECT count(*), sum(cost_nano_usd), count(DISTINCT run) FROM ledger_calls_named")).ShouldBe([$"8000|{8000 * 123}|2000"]);
        (await database.QueryAsync("SELECT count(*) FROM ledger_runs_named")).ShouldBe(["2000"]);
    }

    [Theory]
    [MemberData(nameof(Sql))]
    public async Task Write_ByManyAtOnceOfTheSame_KeepsEachOnce(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var run = RunId.New();
        var stores = Enumerable.Range(0, 4).Select(_ => database.Another().Usage).ToList();
        var subCalls = Enumerable.Range(0, 50).Select(member => TestUsage.SubCall(run, member)).ToList();

        await Task.WhenAll(stores.Select(store => Task.Run(() => store.WriteAsync(new(subCalls, [RunRecord.Of(TestUsage.Ended(run))]), Now.Cancel), Now.Cancel)));

        (await database.QueryAsync("SELECT count(*) FROM ledger_calls_named")).ShouldBe(["50"]);
        (await database.QueryAsync("SELECT count(*) FROM ledger_runs_named")).ShouldBe(["1"]);
    }

    [Theory]
    [MemberData(nameof(Sql))]
    public async Task Write_RunThatCannotBeKept_KeepsNothingOfItsBatch(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var store = database.Another().Usage;
        var run = RunId.New();
        await store.WriteAsync(new([], []), Now.Cancel);
        await database.QueryAsync("ALTER TABLE ledger_runs RENAME TO elsewhere");

        await Should.ThrowAsync<StorageException>(() => store.WriteAsync(new([TestUsage.SubCall(run)], [RunRecord.Of(TestUsage.Ended(run))]), Now.Cancel));
        (await database.QueryAsync("SELECT count(*) FROM ledger_calls_named")).ShouldBe(["0"]);
        await database.QueryAsync("ALTER TABLE elsewhere RENAME TO ledger_runs");
        await store.WriteAsync(new([TestUsage.SubCall(run)], [RunRecord.Of(TestUsage.Ended(run))]), Now.Cancel);

        (await database.QueryAsync("SELECT count(*) FROM ledger_calls_named")).ShouldBe(["1"]);
    }
}
