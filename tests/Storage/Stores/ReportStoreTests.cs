using System.Diagnostics;
using Ensemble.Storage.Tests.Support;
using Ensemble.Testing;
using Ensemble.Usage;

namespace Ensemble.Storage.Tests.Stores;

/// <summary>What runs add to reports, and feedback.</summary>
public sealed class ReportStoreTests
{
    private static readonly DateTimeOffset Start = TestUsage.Start;

    public static TheoryData<StorageProvider> All => TestDatabase.All;

    public static TheoryData<StorageProvider> Sql => TestDatabase.Sql;

    [Theory]
    [MemberData(nameof(All))]
    public async Task Read_RunsOfManyHours_AddsUpThoseOfTheRange(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var runs = Runs(200);
        foreach (var batch in runs.Chunk(30))
        {
            await database.Another().Usage.WriteAsync(new([], [.. batch.Select(RunRecord.Of)]), Now.Cancel);
        }

        var (from, to) = (Start.AddHours(2).AddMinutes(20), Start.AddHours(30).AddMinutes(10));
        var counts = await database.Another().Reports.ReadAsync("council", from, to, UsageDimension.Hour, Now.Cancel);
        var days = await database.Another().Reports.ReadAsync("council", from, to, UsageDimension.Day, Now.Cancel);
        var other = await database.Another().Reports.ReadAsync("nobody", from, to, UsageDimension.Day, Now.Cancel);

        // Whole hours: from that in which the range begins to that in which it ends.
        var meant = runs.Where(run => run.Ensemble == "council" && run.StartedAt >= Start.AddHours(2) && run.StartedAt < Start.AddHours(31)).ToArray();
        Show(counts.Totals).ShouldBe(Show(Sum(meant.SelectMany(RunTally.Of))));
        counts.Periods.Select(static period => (period.Start, period.Runs)).ShouldBe(
            meant.GroupBy(static run => Start.AddHours(Math.Floor((run.StartedAt - Start).TotalHours)))
                .OrderBy(static hour => hour.Key).Select(static hour => (hour.Key, hour.LongCount())));
        counts.Periods.Sum(static period => period.AgreementMillionths).ShouldBe(meant.Sum(static run => (long)Math.Round(run.Agreement!.Value * 1_000_000)));
        days.Periods.Select(static day => day.Start).ShouldBe([Start, Start.AddDays(1)]);
        days.Periods.Sum(static day => day.Runs).ShouldBe(meant.Length);
        (other.Totals.Count, other.Periods.Count).ShouldBe((0, 0));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Write_TheSameBatchAgain_CountsEachRunOnce(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        RunRecord[] runs = [.. Runs(20).Select(RunRecord.Of)];
        RunRecord late = RunRecord.Of(TestPanels.Run([0, 0, 1], 0));
        await database.Another().Usage.WriteAsync(new([], runs), Now.Cancel);

        // From another process, twice in one batch, beside a new one.
        await database.Another().Usage.WriteAsync(new([], [.. runs, late, late, runs[0]]), Now.Cancel);
        await database.Another().Usage.WriteAsync(new([], [late, .. runs]), Now.Cancel);

        var counts = await database.Another().Reports.ReadAsync("council", Start, Start.AddDays(30), UsageDimension.Day, Now.Cancel);
        Show(counts.Totals).ShouldBe(Show(Sum(runs.Append(late).Where(static run => run.Ensemble == "council").SelectMany(static run => run.Counts))));
    }

    [Theory]
    [MemberData(nameof(Sql))]
    public async Task Write_ByManyAtOnce_LosesNoCount(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await database.Another().OpenAsync(Now.Cancel);
        var shared = Runs(40).Select(RunRecord.Of).ToArray();

        // Each writes its own runs, and all write the shared ones.
        var written = await Task.WhenAll(Enumerable.Range(0, 6).Select(writer => Task.Run(async () =>
        {
            var store = database.Another().Usage;
            var own = Runs(40, seed: writer + 1).Select(RunRecord.Of).ToArray();
            foreach (var batch in own.Zip(shared).Chunk(8))
            {
                await store.WriteAsync(new([], [.. batch.Select(static pair => pair.First), .. batch.Select(static pair => pair.Second)]), Now.Cancel);
            }

            return own;
        }, Now.Cancel)));

        var counts = await database.Another().Reports.ReadAsync("council", Start, Start.AddDays(30), UsageDimension.Day, Now.Cancel);
        var all = written.SelectMany(static own => own).Concat(shared).Where(static run => run.Ensemble == "council");
        Show(counts.Totals).ShouldBe(Show(Sum(all.SelectMany(static run => run.Counts))));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Save_Feedback_ALaterOneOfTheSameCallerTakesItsPlace(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var run = TestPanels.Run([0, 0, 1], 0);
        await database.Another().Usage.WriteAsync(new([], [RunRecord.Of(run)]), Now.Cancel);
        var first = Feedback(run, 1);
        var other = Feedback(run, 0.75) with { Caller = null, IsAdministrator = true, At = Start.AddMinutes(5) };

        await database.Another().Reports.SaveAsync(first with { Comment = new byte[] { 1, 2, 3 } }, Now.Cancel);
        await database.Another().Reports.SaveAsync(other, Now.Cancel);
        await database.Another().Reports.SaveAsync(first with { Score = 0.25, At = Start.AddMinutes(9) }, Now.Cancel);

        var said = await database.Another().Reports.FindFeedbackAsync(run.Run, Now.Cancel);
        said.Select(static one => (one.Caller, one.IsAdministrator, one.Score, one.At, one.Comment.Length, one.StartedAt, one.Ensemble)).ShouldBe(
        [
            ("anna", false, 0.25, Start.AddMinutes(9), 0, Start, "council"),
            (null, true, 0.75, Start.AddMinutes(5), 0, Start, "council"),
        ]);
        (await database.Another().Reports.FindFeedbackAsync(RunId.New(), Now.Cancel)).ShouldBeEmpty();
        var feedback = await CountsAsync(database, static measure => measure >= ReportMeasure.Feedback);
        feedback.ShouldBe(Show(Sum((first with { Score = 0.25 }).Counts().Concat(other.Counts()))));
    }

    [Theory]
    [MemberData(nameof(Sql))]
    public async Task Save_FeedbackOfOneCallerByManyAtOnce_CountsOne(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await database.Another().OpenAsync(Now.Cancel);
        var run = TestPanels.Run([0, 0, 1], 0);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(score => Task.Run(
            () => database.Another().Reports.SaveAsync(Feedback(run, score / 8.0), Now.Cancel), Now.Cancel)));

        var kept = (await database.Another().Reports.FindFeedbackAsync(run.Run, Now.Cancel)).ShouldHaveSingleItem();
        (await CountsAsync(database, static measure => measure >= ReportMeasure.Feedback)).ShouldBe(Show(Sum(Feedback(run, kept.Score).Counts())));
    }

    [Theory]
    [MemberData(nameof(Sql))]
    public async Task Delete_OldRuns_TakesTheirCountsAndTheirFeedbackAlong(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var (old, young) = (TestPanels.Run([0, 0, 1], 0), TestPanels.Run([0, 0, 1], 0, startedAt: Start.AddDays(3)));
        await database.Another().Usage.WriteAsync(new([], [RunRecord.Of(old), RunRecord.Of(young)]), Now.Cancel);
        await database.Another().Reports.SaveAsync(Feedback(old, 1), Now.Cancel);
        await database.Another().Reports.SaveAsync(Feedback(young, 1), Now.Cancel);

        await database.Another().UsageMaintenance.DeleteAsync(Start.AddDays(3).AddHours(5), 1000, Now.Cancel);

        (await database.Another().Reports.FindFeedbackAsync(old.Run, Now.Cancel)).ShouldBeEmpty();
        (await database.Another().Reports.FindFeedbackAsync(young.Run, Now.Cancel)).ShouldHaveSingleItem();
        (await CountsAsync(database, static _ => true)).ShouldBe(Show(Sum(RunTally.Of(young).Concat(Feedback(young, 1).Counts()))));
    }

    [Theory]
    [MemberData(nameof(Sql))]
    public async Task Migrate_RunsOfAnOlderVersion_AreCountedAndLeftOut(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await database.Another().Usage.WriteAsync(
            new([], [RunRecord.Of(TestPanels.Run([0, 0, 1], 0)), RunRecord.Of(TestPanels.Run([0, 0, 1], 0)), RunRecord.Of(TestUsage.Ended(RunId.New()) with { Strategy = "direct" })]),
            Now.Cancel);

        // As it was before the step.
        await database.QueryAsync("DROP TABLE report_counts");
        await database.QueryAsync("DROP TABLE run_feedback");
        foreach (var table in (string[])["ledger_calls", "ledger_days"])
        {
            await database.QueryAsync($"DROP VIEW {table}_named");
            foreach (var column in (string[])["cached_tokens", "cache_write_tokens", "reasoning_tokens"])
            {
                await database.QueryAsync($"ALTER TABLE {table} DROP COLUMN {column}");
            }
        }

        await database.QueryAsync("DELETE FROM schema_migrations WHERE version >= 8");

        (await CountsAsync(database, static _ => true)).ShouldBe(["Older///0 = 2"]);
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite, 5)]
    [InlineData(StorageProvider.Postgres, 2)]
    public async Task Read_AMillionRuns_AnswersWithinSeconds(StorageProvider provider, int seconds)
    {
        const int Hours = 720;
        const int InAnHour = 1400;
        await using var database = await TestDatabase.CreateAsync(provider);
        var random = new Random(7);
        var runs = Enumerable.Range(0, InAnHour).Select(_ => RunRecord.Of(Random(random, Start) with { Ensemble = "council" })).ToArray();
        await database.Another().Usage.WriteAsync(new([], runs), Now.Cancel);

        // The same again for each hour of thirty days: counts are all that a report reads.
        await database.QueryAsync(
            $"""
             INSERT INTO report_counts
             WITH RECURSIVE hours (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM hours WHERE n < {Hours - 1})
             SELECT ensemble, hour + n * CAST(3600000 AS bigint), measure, member, other, place, value FROM report_counts, hours
             """);
        var store = database.Another().Reports;
        await store.FindFeedbackAsync(RunId.New(), Now.Cancel);

        var began = Stopwatch.GetTimestamp();
        var counts = await store.ReadAsync("council", Start, Start.AddHours(Hours), UsageDimension.Day, Now.Cancel);
        var took = Stopwatch.GetElapsedTime(began);

        var counted = counts.Totals.Single(static count => count.Key.Measure == ReportMeasure.Runs).Value;
        counted.ShouldBe(Hours * InAnHour);
        counted.ShouldBeGreaterThan(1_000_000);
        counts.Periods.Count.ShouldBe(30);
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{provider}: {counted:N0} runs, {(await database.QueryAsync("SELECT count(*) FROM report_counts"))[0]} rows, {took.TotalMilliseconds:0} ms");
        took.ShouldBeLessThan(TimeSpan.FromSeconds(seconds));
    }

    private static RunFeedback Feedback(RunManifest run, double score) => new()
    {
        Run = run.Run,
        Ensemble = run.Ensemble,
        StartedAt = run.StartedAt,
        Caller = "anna",
        At = Start.AddMinutes(1),
        Score = score,
        Sides = RunTally.Sides(run),
    };

    private static RunManifest[] Runs(int count, int seed = 0)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Random(random, Start.AddMinutes(random.Next(48 * 60))) with
        {
            Ensemble = random.Next(4) == 0 ? "other" : "council",
        })];
    }

    private static RunManifest Random(Random random, DateTimeOffset start)
    {
        var run = TestPanels.Run(
            [random.Next(2), random.Next(2), random.Next(3), random.Next(5) == 0 ? null : random.Next(3)], random.Next(2), startedAt: start);
        return run with
        {
            Total = TimeSpan.FromMilliseconds(Math.Exp(6 + (random.NextDouble() * 3))),
            SubCalls = [.. run.SubCalls.Select(call => new SubCallManifest(call.Usage with { Total = TimeSpan.FromMilliseconds(Math.Exp(5 + (random.NextDouble() * 4))) }))],
        };
    }

    private static async Task<IReadOnlyList<string>> CountsAsync(TestDatabase database, Func<ReportMeasure, bool> means) => Show(
        (await database.Another().Reports.ReadAsync("council", Start.AddDays(-1), Start.AddDays(30), UsageDimension.Day, Now.Cancel)).Totals
            .Where(count => means(count.Key.Measure)));

    private static IEnumerable<ReportCount> Sum(IEnumerable<ReportCount> counts) => counts
        .GroupBy(static count => count.Key, static count => count.Value).Select(static group => new ReportCount(group.Key, group.Sum()));

    private static string[] Show(IEnumerable<ReportCount> counts) =>
        [.. counts.Where(static count => count.Value != 0)
            .OrderBy(static count => count.Key, ReportKey.Order)
            .Select(static count => $"{count.Key.Measure}/{count.Key.Member}/{count.Key.Other}/{count.Key.Place} = {count.Value}")];
}
