using Ensemble.Storage.Tests.Support;
using Ensemble.Testing;
using Ensemble.Usage;

namespace Ensemble.Storage.Tests.Stores;

/// <summary>Days that are closed, and accounts that are deleted: no sum changes by it.</summary>
public sealed class UsageUpkeepTests
{
    private const int Days = 12;

    private static readonly DateTimeOffset Start = TestUsage.Start;
    private static readonly UsageFilter Long = new(Start.AddDays(-1), Start.AddDays(Days));
    private static readonly UsageDimension[] ByDay = [UsageDimension.Day, UsageDimension.Caller, UsageDimension.Outcome];

    public static TheoryData<StorageProvider> Sql => TestDatabase.Sql;

    [Theory]
    [MemberData(nameof(Sql))]
    public async Task Close_ByManyAtOnce_ClosesEachDayOnceAndLeavesThoseThatAreNotLongOver(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await FillAsync(database);
        var before = await SumsAsync(database, Long, ByDay);
        var now = Start.AddDays(6).AddHours(1);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => CloseAllAsync(database.Another(), now), Now.Cancel)));

        (await database.QueryAsync("SELECT count(DISTINCT day), sum(calls) FROM ledger_days")).ShouldBe([$"5|{5 * 24}"]);
        (await SumsAsync(database, Long, ByDay)).ShouldBe(before);
        (await database.Another().UsageMaintenance.CloseDayAsync(now, Now.Cancel)).ShouldBeFalse();
    }

    [Theory]
    [MemberData(nameof(Sql))]
    public async Task Delete_DaysThatAreClosed_ChangesNoSumOverWholeDays(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await FillAsync(database);
        var now = Start.AddDays(Days);
        UsageFilter[] filters =
        [
            Long, Long with { Caller = "" }, Long with { Model = "numbat" }, new(Start.AddDays(1), Start.AddDays(4)), new(Start.AddDays(2), Start.AddDays(10).AddHours(5)),
        ];
        var before = new List<IReadOnlyList<string>>();
        foreach (var filter in filters)
        {
            before.Add(await SumsAsync(database, filter, ByDay));
        }

        var upkeep = database.Another().UsageMaintenance;
        var early = await upkeep.DeleteAsync(now.AddDays(-6), 1000, Now.Cancel);
        await CloseAllAsync(database.Another(), now);
        var deleted = 0;
        for (int count; (count = await upkeep.DeleteAsync(now.AddDays(-6).AddHours(5), 50, Now.Cancel)) > 0; deleted += count)
        {
            count.ShouldBeLessThanOrEqualTo(50);
        }

        // Runs need no day to be closed: nobody sums them.
        (early, deleted).ShouldBe((6, 6 * 24));
        (await database.QueryAsync("SELECT count(*) FROM ledger_calls")).ShouldBe([$"{6 * 24}"]);
        (await database.QueryAsync("SELECT count(*) FROM ledger_runs")).ShouldBe(["6"]);
        foreach (var (filter, sums) in filters.Zip(before))
        {
            (await SumsAsync(database, filter, ByDay)).ShouldBe(sums, filter.ToString());
        }

        var queries = database.Another().UsageQueries;
        (await queries.SumAsync(new UsageFilter(Start, Start.AddDays(2)), [], 10, Now.Cancel)).ShouldHaveSingleItem().Median.ShouldBeNull();
        (await queries.SumAsync(new UsageFilter(Start.AddDays(8), Start.AddDays(9)), [], 10, Now.Cancel)).ShouldHaveSingleItem().Median.ShouldNotBeNull();
    }

    [Theory]
    [MemberData(nameof(Sql))]
    public async Task Spent_OverClosedDeletedAndOpenDays_CountsEachCallOnce(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await FillAsync(database);
        var queries = database.Another().UsageQueries;
        var before = await queries.SpentAsync("anna", Start.AddDays(1), Now.Cancel);

        await CloseAllAsync(database.Another(), Start.AddDays(8));
        await database.Another().UsageMaintenance.DeleteAsync(Start.AddDays(4), 1000, Now.Cancel);

        (await queries.SpentAsync("anna", Start.AddDays(1), Now.Cancel)).ShouldBe(before);
        before.ShouldBe((Days - 1) * 12 * 0.001m);
    }

    [Theory]
    [MemberData(nameof(Sql))]
    public async Task Close_CallThatArrivesLateOfAClosedDay_IsInNoSumTwice(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await FillAsync(database);
        await CloseAllAsync(database.Another(), Start.AddDays(Days));
        var before = await SumsAsync(database, Long, ByDay);

        await database.Another().Usage.WriteAsync(new([TestUsage.SubCall(RunId.New()) with { StartedAt = Start.AddHours(5) }], []), Now.Cancel);

        (await database.Another().UsageMaintenance.CloseDayAsync(Start.AddDays(Days), Now.Cancel)).ShouldBeFalse();
        (await SumsAsync(database, Long, ByDay)).ShouldBe(before);
    }

    /// <summary>A call an hour, half of them anna's, and a run a day.</summary>
    private static Task FillAsync(TestDatabase database) => database.Another().Usage.WriteAsync(
        new(
            [.. Enumerable.Range(0, Days * 24).Select(hour => TestUsage.SubCall(RunId.New()) with
            {
                StartedAt = Start.AddHours(hour),
                Caller = hour % 2 == 0 ? "anna" : null,
                Model = hour % 3 == 0 ? "quokka" : "numbat",
                Source = hour % 5 == 0 ? UsageSource.Estimated : UsageSource.Reported,
                CostUsd = hour % 2 == 1 && hour % 7 == 0 ? null : 0.001m,
            })],
            [.. Enumerable.Range(0, Days).Select(day => RunRecord.Of(TestUsage.Ended(RunId.New()) with { StartedAt = Start.AddDays(day).AddHours(3) }))]),
        Now.Cancel);

    private static async Task CloseAllAsync(IEnsembleStorage storage, DateTimeOffset now)
    {
        while (await storage.UsageMaintenance.CloseDayAsync(now, Now.Cancel))
        {
        }
    }

    private static async Task<IReadOnlyList<string>> SumsAsync(TestDatabase database, UsageFilter filter, UsageDimension[] by) =>
        [.. (await database.Another().UsageQueries.SumAsync(filter, by, 10_000, Now.Cancel)).Select(group =>
            $"{string.Join('|', group.Keys)} {group with { Keys = [], Median = null, Percentile95 = null }}")];
}
