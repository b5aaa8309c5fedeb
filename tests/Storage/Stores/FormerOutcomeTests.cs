using Ensemble.Storage.Tests.Support;
using Ensemble.Testing;
using Ensemble.Upstreams;
using Ensemble.Usage;

namespace Ensemble.Storage.Tests.Stores;

/// <summary>Rows with words that outcomes had in older versions are found, shown and summed under those of today.</summary>
public sealed class FormerOutcomeTests
{
    private static readonly RunFilter AllRuns = new(TestUsage.Start, TestUsage.Start.AddDays(1));
    private static readonly UsageFilter AllCalls = new(TestUsage.Start, TestUsage.Start.AddDays(1));

    public static TheoryData<StorageProvider> Sql => TestDatabase.Sql;

    [Theory]
    [MemberData(nameof(Sql))]
    public async Task Runs_WithFormerWordsBesideTodays_AreOne(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await WriteAsync(database, [.. OutcomeWords.Runs.Renamed.SelectMany(static word => new[] { Run(word.Current, 0), Run(word.Current, 1) })], []);
        await AgeAsync(database, "ledger_runs", OutcomeWords.Runs, $"AND started_at = {TestUsage.Start.ToUnixTimeMilliseconds()}");

        await ShouldHaveRunsAsync(database, 2);
    }

    [Theory]
    [MemberData(nameof(Sql))]
    public async Task Runs_WithFormerWordsAlone_HaveTodays(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await WriteAsync(database, [.. OutcomeWords.Runs.Renamed.Select(static word => Run(word.Current, 0))], []);
        foreach (var (former, current) in OutcomeWords.Runs.Renamed)
        {
            await database.QueryAsync($"UPDATE ledger_names SET name = '{former}' WHERE name = '{current}'");
        }

        await ShouldHaveRunsAsync(database, 1);
    }

    [Theory]
    [MemberData(nameof(Sql))]
    public async Task Calls_WithFormerWordsBesideTodays_AreOne(StorageProvider provider)
    {
        var run = RunId.New();
        await using var database = await TestDatabase.CreateAsync(provider);
        await WriteAsync(
            database, [],
            [TestUsage.SubCall(run, 0, CallOutcome.BudgetExceeded), TestUsage.SubCall(run, 1, CallOutcome.BudgetExceeded), TestUsage.SubCall(run, 2, CallOutcome.RateLimited)]);
        await AgeAsync(database, "ledger_calls", OutcomeWords.Calls, "AND member = 0");

        await ShouldHaveCallsAsync(database);
        (await database.Another().UsageMaintenance.CloseDayAsync(TestUsage.Start.AddDays(3), Now.Cancel)).ShouldBeTrue();
        (await database.QueryAsync("SELECT count(*) FROM ledger_days")).ShouldBe(["3"]);
        var month = await database.Another().UsageQueries.SumAsync(
            new UsageFilter(TestUsage.Start, TestUsage.Start.AddDays(30)), [UsageDimension.Outcome], 10, Now.Cancel);
        month.Select(static group => (group.Keys[0], group.Calls)).ShouldBe([("budget_exceeded", 2L), ("rate_limited", 1L)]);
    }

    private static async Task ShouldHaveRunsAsync(TestDatabase database, int runs)
    {
        var queries = database.Another().UsageQueries;
        foreach (var (former, current) in OutcomeWords.Runs.Renamed)
        {
            foreach (var word in new[] { former, current })
            {
                var found = await queries.ListRunsAsync(AllRuns with { Outcome = word }, null, 10, Now.Cancel);
                found.Select(static run => run.Outcome).ShouldBe(Enumerable.Repeat(current, runs), word);
                var sum = (await queries.SumRunsAsync(AllRuns with { Outcome = word }, [], 10, Now.Cancel)).ShouldHaveSingleItem();
                (sum.Runs, sum.Failures).ShouldBe((runs, runs), word);
            }
        }

        var groups = await queries.SumRunsAsync(AllRuns, [UsageDimension.Outcome], 100, Now.Cancel);
        groups.Select(static group => (group.Keys[0], group.Runs)).ShouldBe(
            OutcomeWords.Runs.Renamed.Select(word => ((string?)word.Current, (long)runs)), ignoreOrder: true);
        groups.ShouldAllBe(static group => group.Median == TimeSpan.FromMilliseconds(2500));
    }

    private static async Task ShouldHaveCallsAsync(TestDatabase database)
    {
        var queries = database.Another().UsageQueries;
        foreach (var word in new[] { "over_budget", "budget_exceeded" })
        {
            var found = await queries.ListSubCallsAsync(AllCalls with { Outcome = word }, null, 10, Now.Cancel);
            found.Select(static call => call.Outcome).ShouldBe(["budget_exceeded", "budget_exceeded"], word);
            (await queries.SumAsync(AllCalls with { Outcome = word }, [], 10, Now.Cancel)).ShouldHaveSingleItem().Calls.ShouldBe(2);
        }

        var groups = await queries.SumAsync(AllCalls, [UsageDimension.Model, UsageDimension.Outcome], 10, Now.Cancel);
        groups.Select(static group => (group.Keys[1], group.Calls)).ShouldBe([("budget_exceeded", 2L), ("rate_limited", 1L)]);
    }

    private static RunRecord Run(string outcome, int minute) =>
        RunRecord.Of(TestUsage.Ended(RunId.New()) with { Outcome = outcome, StartedAt = TestUsage.Start.AddMinutes(minute) });

    private static Task WriteAsync(TestDatabase database, IReadOnlyList<RunRecord> runs, IReadOnlyList<UsageEvent> calls) =>
        database.Another().Usage.WriteAsync(new(calls, runs), Now.Cancel);

    /// <summary>Makes rows what an older version wrote.</summary>
    private static async Task AgeAsync(TestDatabase database, string table, OutcomeWords words, string which)
    {
        foreach (var (former, current) in words.Renamed)
        {
            await database.QueryAsync($"INSERT INTO ledger_names (name) VALUES ('{former}') ON CONFLICT DO NOTHING");
            await database.QueryAsync(
                $"UPDATE {table} SET outcome = (SELECT id FROM ledger_names WHERE name = '{former}') "
                + $"WHERE outcome = (SELECT id FROM ledger_names WHERE name = '{current}') {which}");
        }
    }
}
