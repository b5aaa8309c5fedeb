using Ensemble.Chat;
using Ensemble.Storage.Memory;
using Ensemble.Storage.Tests.Support;
using Ensemble.Testing;
using Ensemble.Upstreams;
using Ensemble.Usage;

namespace Ensemble.Storage.Tests.Stores;

/// <summary>Questions about the accounts: what each database answers is what counting by hand gives.</summary>
public sealed class UsageQueriesTests
{
    private static readonly DateTimeOffset Start = TestUsage.Start;
    private static readonly UsageFilter Everything = new(Start, Start.AddDays(30));

    private static readonly UsageDimension[][] Groupings =
    [
        [],
        [UsageDimension.Model],
        [UsageDimension.Caller, UsageDimension.Outcome],
        [UsageDimension.Day, UsageDimension.Role],
        [UsageDimension.Hour],
        [UsageDimension.Ensemble, UsageDimension.Day, UsageDimension.Model],
    ];

    private static readonly UsageDimension[][] RunGroupings =
    [
        [],
        [UsageDimension.Ensemble],
        [UsageDimension.Strategy, UsageDimension.Caller],
        [UsageDimension.Day, UsageDimension.Outcome],
        [UsageDimension.Hour],
    ];

    public static TheoryData<StorageProvider> Sql => TestDatabase.Sql;

    public static TheoryData<StorageProvider> All => TestDatabase.All;

    [Theory]
    [MemberData(nameof(Sql))]
    public async Task Sum_ByEveryDimension_IsWhatTheCallsAddUpTo(StorageProvider provider)
    {
        var calls = Calls(300);
        await using var database = await TestDatabase.CreateAsync(provider);
        var (queries, expected) = await WithAsync(database, calls, []);
        UsageFilter[] filters =
        [
            new(Start, Start.AddDays(6)), new(Start.AddHours(7), Start.AddHours(31)), Everything with { Ensemble = "council" }, Everything with { Model = "numbat" },
            Everything with { Caller = "anna" }, Everything with { Caller = "" }, Everything with { Role = "judge" }, Everything with { Outcome = "timed_out" },
            Everything with { Caller = "nobody" }, new(Start, Start),
        ];

        foreach (var filter in filters)
        {
            foreach (var by in Groupings)
            {
                var groups = await queries.SumAsync(filter, by, 1000, Now.Cancel);
                var wanted = await expected.SumAsync(filter, by, 1000, Now.Cancel);
                var hasPercentiles = filter.To - filter.From <= TimeSpan.FromDays(7);
                groups.Select(group => Show(group)).ShouldBe(
                    wanted.Select(group => Show(hasPercentiles ? group : group with { Median = null, Percentile95 = null })), $"{filter} by {string.Join(',', by)}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sql))]
    public async Task SumRuns_ByEveryDimension_IsWhatTheRunsAddUpTo(StorageProvider provider)
    {
        var runs = Runs(200);
        await using var database = await TestDatabase.CreateAsync(provider);
        var (queries, expected) = await WithAsync(database, [], runs);
        var all = new RunFilter(Start, Start.AddDays(30));
        RunFilter[] filters =
        [
            all, new(Start, Start.AddDays(6)), all with { Caller = "" }, all with { Ensemble = "council" }, all with { MinAgreement = 0.4 },
            all with { IdPrefix = runs[0].Run.Value[..9] }, all with { IdPrefix = "a" }, all with { Outcome = "internal_error" }, all with { Caller = "nobody" }, new(Start, Start),
        ];

        foreach (var filter in filters)
        {
            foreach (var by in RunGroupings)
            {
                var groups = await queries.SumRunsAsync(filter, by, 1000, Now.Cancel);
                var wanted = await expected.SumRunsAsync(filter, by, 1000, Now.Cancel);
                groups.Select(Show).ShouldBe(wanted.Select(Show), $"{filter} by {string.Join(',', by)}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task SumRuns_KnowsFailuresPricesAndAgreements(StorageProvider provider)
    {
        var run = TestUsage.Ended(RunId.New()) with { StartedAt = Start, Agreement = 0.5, Total = TimeSpan.FromMilliseconds(100), Usage = UsageTotals.None with { CostUsd = 0.25m } };
        RunRecord[] runs =
        [
            RunRecord.Of(run),
            RunRecord.Of(run with { Run = RunId.New(), Agreement = 1, Degraded = ["judge_failed"], Total = TimeSpan.FromMilliseconds(300) }),
            RunRecord.Of(run with { Run = RunId.New(), Agreement = null, Outcome = "cancelled", Usage = UsageTotals.None with { CostUsd = null } }),
            RunRecord.Of(run with { Run = RunId.New(), Agreement = null, Outcome = "judge_failed", Total = TimeSpan.FromMilliseconds(500) }),
        ];
        await using var database = await TestDatabase.CreateAsync(provider);
        var (queries, _) = await WithAsync(database, [], runs);

        var day = (await queries.SumRunsAsync(new RunFilter(Start, Start.AddDays(7)), [], 10, Now.Cancel)).ShouldHaveSingleItem();
        var month = (await queries.SumRunsAsync(new RunFilter(Start, Start.AddDays(8)), [], 10, Now.Cancel)).ShouldHaveSingleItem();

        (day.Runs, day.Failures, day.Degraded, day.UnpricedRuns, day.KnownCostUsd, day.CostUsd, day.Agreement).ShouldBe((4, 1, 1, 1, 0.75m, null, 0.75));
        (day.Average, day.Median, day.Percentile95).ShouldBe((TimeSpan.FromMilliseconds(250), TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(500)));
        (month.Average, month.Median, month.Percentile95).ShouldBe((TimeSpan.FromMilliseconds(250), null, null));
        (await queries.SumRunsAsync(new RunFilter(Start, Start.AddDays(1)), [UsageDimension.Outcome], 1, Now.Cancel)).Count.ShouldBe(2);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Sum_OfMoreGroupsThanAskedFor_SaysSoByOneMore(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var (queries, _) = await WithAsync(database, Calls(50), []);

        (await queries.SumAsync(Everything, [UsageDimension.Hour], 3, Now.Cancel)).Count.ShouldBe(4);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Sum_KnowsReportedFromEstimatedAndPricedFromUnpriced(StorageProvider provider)
    {
        var run = RunId.New();
        UsageEvent[] calls =
        [
            TestUsage.SubCall(run, 0) with { CostUsd = 0.25m, Total = TimeSpan.FromMilliseconds(100) },
            TestUsage.SubCall(run, 1, CallOutcome.Cancelled) with { Source = UsageSource.Estimated, CostUsd = null, Total = TimeSpan.FromMilliseconds(200) },
            TestUsage.SubCall(run, 2, CallOutcome.TimedOut) with { Source = UsageSource.None, PromptTokens = null, CompletionTokens = null, CostUsd = 0, Total = TimeSpan.FromMilliseconds(600) },
        ];
        await using var database = await TestDatabase.CreateAsync(provider);
        var (queries, _) = await WithAsync(database, calls, []);

        var group = (await queries.SumAsync(new UsageFilter(Start, Start.AddDays(1)), [], 10, Now.Cancel)).ShouldHaveSingleItem();

        (group.Calls, group.Failures, group.UnpricedCalls, group.KnownCostUsd, group.CostUsd).ShouldBe((3, 1, 1, 0.25m, null));
        (group.PromptTokens, group.CompletionTokens, group.EstimatedPromptTokens, group.EstimatedCompletionTokens).ShouldBe((7, 11, 7, 11));
        (group.Average, group.Median, group.Percentile95).ShouldBe((TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(600)));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Sum_TenThousandCallsWithCountsThatNoModelHas_DoesNotOverflow(StorageProvider provider)
    {
        UsageEvent[] calls =
        [
            .. Enumerable.Range(0, 10_000).Select(_ => TestUsage.SubCall(RunId.New()) with { PromptTokens = long.MaxValue, CostUsd = 2_000_000 }),
        ];
        await using var database = await TestDatabase.CreateAsync(provider);
        var (queries, _) = await WithAsync(database, calls, []);

        var group = (await queries.SumAsync(new UsageFilter(Start, Start.AddDays(1)), [], 10, Now.Cancel)).ShouldHaveSingleItem();

        group.PromptTokens.ShouldBe(calls.Length * UsageEvent.MaxSummed);

        // Tables hold whole billionths of a dollar, so that a call counts 10,000 at most there; memory has decimals.
        (await queries.SpentAsync("anna", Start, Now.Cancel)).ShouldBe(calls.Length * (provider == StorageProvider.Memory ? 2_000_000m : 10_000m));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task List_PageByPageWhileOthersWrite_HasEachCallOnceNewestFirst(StorageProvider provider)
    {
        var calls = Calls(60);
        await using var database = await TestDatabase.CreateAsync(provider);
        var (queries, _) = await WithAsync(database, calls, []);
        var seen = new List<UsageRow>();
        for (UsagePosition? after = null; ;)
        {
            var page = await queries.ListSubCallsAsync(Everything, after, 7, Now.Cancel);
            if (page.Count == 0)
            {
                break;
            }

            seen.AddRange(page);
            after = UsagePosition.Parse(UsagePosition.Of(page[^1]).ToString());
            await database.Another().Usage.WriteAsync(new([TestUsage.SubCall(RunId.New()) with { StartedAt = Start.AddDays(29) }], []), Now.Cancel);
        }

        seen.Select(row => row.StartedAt).ShouldBeInOrder(SortDirection.Descending);
        seen.OrderBy(row => row.Run.Value).ThenBy(row => row.Member).ShouldBe(calls.Select(Stored).OrderBy(row => row.Run.Value).ThenBy(row => row.Member));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task ListRuns_WithEachFilter_HasThoseThatItMeans(StorageProvider provider)
    {
        var runs = Enumerable.Range(0, 20).Select(index => RunRecord.Of(TestUsage.Ended(RunId.New()) with
        {
            StartedAt = Start.AddMinutes(index),
            Ensemble = index % 2 == 0 ? "council" : "solo",
            Caller = index % 3 == 0 ? null : "anna",
            Outcome = index % 5 == 0 ? "panel_below_quorum" : "completed",
            Agreement = index % 4 == 0 ? null : index / 20.0,
            Usage = UsageTotals.None with { CostUsd = index % 7 == 0 ? null : index / 1000m },
        })).ToList();
        await using var database = await TestDatabase.CreateAsync(provider);
        var (queries, _) = await WithAsync(database, [], runs);
        var all = new RunFilter(Start, Start.AddDays(1));

        await ShouldFindAsync(all, _ => true);
        await ShouldFindAsync(all with { Ensemble = "solo" }, run => run.Ensemble == "solo");
        await ShouldFindAsync(all with { Caller = "" }, run => run.Caller is null);
        await ShouldFindAsync(all with { Caller = "anna", Outcome = "panel_below_quorum" }, run => run is { Caller: "anna", Outcome: "panel_below_quorum" });
        await ShouldFindAsync(all with { MinAgreement = 0.3, MaxAgreement = 0.6 }, run => run.Agreement is >= 0.3 and <= 0.6);
        await ShouldFindAsync(all with { MinCostUsd = 0.01m }, run => run.Usage.CostUsd >= 0.01m);
        await ShouldFindAsync(all with { IdPrefix = runs[3].Run.Value }, run => run == runs[3]);
        await ShouldFindAsync(all with { IdPrefix = runs[3].Run.Value[..13] }, run => run.Run.Value.StartsWith(runs[3].Run.Value[..13], StringComparison.Ordinal));
        await ShouldFindAsync(all with { IdPrefix = runs[4].Run.Value[..31] }, run => run == runs[4]);
        await ShouldFindAsync(all with { IdPrefix = "f" }, run => run.Run.Value[0] == 'f');
        await ShouldFindAsync(new RunFilter(Start.AddMinutes(5), Start.AddMinutes(7)), run => run == runs[5] || run == runs[6]);

        async Task ShouldFindAsync(RunFilter filter, Func<RunRecord, bool> meant)
        {
            var found = new List<RunRecord>();
            for (RunPosition? after = null; await queries.ListRunsAsync(filter, after, 3, Now.Cancel) is { Count: > 0 } page; after = RunPosition.Of(page[^1]))
            {
                found.AddRange(page);
            }

            found.Select(run => run.Run).ShouldBe(runs.Where(meant).Reverse().Select(run => run.Run), filter.ToString());
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task ListRuns_Record_IsAsItWasWritten(StorageProvider provider)
    {
        var ended = TestUsage.Ended(RunId.New(), TestUsage.SubCall(RunId.New())) with { Degraded = ["deadline", "judge_failed"], Incarnation = 2 };
        await using var database = await TestDatabase.CreateAsync(provider);
        var (queries, _) = await WithAsync(database, [], [RunRecord.Of(ended)]);

        var run = (await queries.ListRunsAsync(new RunFilter(Start, Start.AddDays(1)), null, 10, Now.Cancel)).ShouldHaveSingleItem();

        (run.Run, run.Incarnation, run.Strategy, run.Caller, run.Outcome, run.StartedAt, run.Total).ShouldBe(
            (ended.Run, 2, "synthesize", "anna", "completed", Start, ended.Total!.Value));
        (run.Agreement, run.Usage).ShouldBe((0.5, ended.Usage));
        run.Degraded.ShouldBe(["deadline", "judge_failed"]);
        run.Manifest.IsEmpty.ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task FindManifest_IsTheNewestIncarnations(StorageProvider provider)
    {
        var first = TestUsage.Ended(RunId.New(), TestUsage.SubCall(RunId.New()));
        var second = first with { Incarnation = 2, Outcome = "internal_error" };
        await using var database = await TestDatabase.CreateAsync(provider);
        var (queries, _) = await WithAsync(database, [], [RunRecord.Of(second), RunRecord.Of(first)]);

        var found = (await queries.FindManifestAsync(first.Run, Now.Cancel)).ShouldNotBeNull();

        RunManifestJson.Write(found).ShouldBe(RunManifestJson.Write(second));
        (await queries.FindManifestAsync(RunId.New(), Now.Cancel)).ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Spent_OfACaller_IsTheSumOfItsKnownCostsSinceThen(StorageProvider provider)
    {
        var run = RunId.New();
        UsageEvent[] calls =
        [
            TestUsage.SubCall(run, 0) with { CostUsd = 1.5m }, TestUsage.SubCall(run, 1) with { CostUsd = null },
            TestUsage.SubCall(run, 2) with { CostUsd = 2m, StartedAt = Start.AddMilliseconds(-1) }, TestUsage.SubCall(run, 3) with { CostUsd = 4m, Caller = "bert" },
            TestUsage.SubCall(run, 4) with { CostUsd = 0.000_000_001m, StartedAt = Start.AddDays(20) },
        ];
        await using var database = await TestDatabase.CreateAsync(provider);
        var (queries, _) = await WithAsync(database, calls, []);

        (await queries.SpentAsync("anna", Start, Now.Cancel)).ShouldBe(1.500_000_001m);
        (await queries.SpentAsync("carl", Start, Now.Cancel)).ShouldBe(0);
    }

    /// <summary>Calls of eight days, in every mixture; many of them at the same millisecond.</summary>
    private static List<UsageEvent> Calls(int count)
    {
        var random = new Random(4711);
        var outcomes = Enum.GetValues<CallOutcome>();
        string[] models = ["quokka", "numbat", "wombat"];
        var run = RunId.New();
        return [.. Enumerable.Range(0, count).Select(index =>
        {
            run = index % 4 == 0 ? RunId.New() : run;
            var source = (UsageSource)random.Next(3);
            return TestUsage.SubCall(run, index % 4, outcomes[random.Next(outcomes.Length)]) with
            {
                Ensemble = random.Next(2) == 0 ? "council" : "other",
                Caller = (string?[])["anna", "bert", null] is var callers ? callers[random.Next(3)] : null,
                Role = (SubCallRole)random.Next(3),
                Model = models[random.Next(3)],
                StartedAt = Start.AddHours(random.Next(8 * 24)).AddMilliseconds(random.Next(2)),
                Total = TimeSpan.FromMilliseconds(random.Next(5000)),
                Source = source,
                PromptTokens = source == UsageSource.None ? null : random.Next(1000),
                CompletionTokens = source == UsageSource.None ? null : random.Next(1000),
                CachedTokens = source == UsageSource.Reported && random.Next(2) == 0 ? random.Next(500) : null,
                CacheWriteTokens = source == UsageSource.Reported && random.Next(2) == 0 ? random.Next(500) : null,
                ReasoningTokens = source == UsageSource.Reported && random.Next(2) == 0 ? random.Next(500) : null,
                CostUsd = random.Next(10) == 0 ? null : random.Next(1_000_000) / 1_000_000_000m,
            };
        })];
    }

    private static List<RunRecord> Runs(int count)
    {
        var random = new Random(4712);
        string[] outcomes = ["completed", "completed", "cancelled", "internal_error"];
        return [.. Enumerable.Range(0, count).Select(_ => RunRecord.Of(TestUsage.Ended(RunId.New()) with
        {
            StartedAt = Start.AddHours(random.Next(8 * 24)).AddMilliseconds(random.Next(2)),
            Total = TimeSpan.FromMilliseconds(random.Next(5000)),
            Ensemble = random.Next(2) == 0 ? "council" : "other",
            Strategy = random.Next(2) == 0 ? "vote" : "synthesize",
            Caller = random.Next(3) == 0 ? null : "anna",
            Outcome = outcomes[random.Next(outcomes.Length)],
            Agreement = random.Next(4) == 0 ? null : random.Next(101) / 100.0,
            Degraded = random.Next(5) == 0 ? ["undecided"] : [],
            Usage = UsageTotals.None with
            {
                Reported = new TokenUsage(random.Next(1000), random.Next(1000)),
                CostUsd = random.Next(10) == 0 ? null : random.Next(1_000_000) / 1_000_000_000m,
            },
        }))];
    }

    private static async Task<(IUsageQueries Queries, IUsageQueries Expected)> WithAsync(
        TestDatabase database, IReadOnlyList<UsageEvent> calls, IReadOnlyList<RunRecord> runs)
    {
        var storage = database.Another();
        var memory = new InMemoryUsageStore();
        await storage.Usage.WriteAsync(new(calls, runs), Now.Cancel);
        await memory.WriteAsync(new(calls, runs), Now.Cancel);
        return (storage.UsageQueries, new InMemoryUsageQueries(memory));
    }

    private static UsageRow Stored(UsageEvent usage) => UsageRow.Of(usage);

    private static string Show(RunGroup group) => $"{Show(group.Keys)} {group with { Keys = [], KnownCostUsd = Plain(group.KnownCostUsd) }}";

    private static string Show(IReadOnlyList<string?> keys) => string.Join('|', keys.Select(key => key ?? "-"));

    // Without the zeros at the end, in which two equal amounts may differ.
    private static decimal Plain(decimal cost) => decimal.Round(cost, 9) / 1.000_000_000_000_000_000m;

    private static string Show(UsageGroup group) => $"{Show(group.Keys)} {group with { Keys = [], KnownCostUsd = Plain(group.KnownCostUsd) }}";
}
