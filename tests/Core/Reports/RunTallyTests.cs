using Ensemble.Testing;
using Ensemble.Upstreams;
using Ensemble.Usage;
using FsCheck;
using FsCheck.Fluent;

namespace Ensemble.Core.Tests.Reports;

public sealed class RunTallyTests
{
    [Fact]
    public void Of_RunWithoutMembers_IsNothing() => RunTally.Of(TestUsage.Ended(RunId.New())).ShouldBeEmpty();

    [Fact]
    public void Of_Replay_IsCountedAsSuchAlone() => RunTally.Of(TestPanels.Run([0, 0], 0) with { ReplayOf = RunId.New() })
        .ShouldBe([new ReportCount(new ReportKey(ReportMeasure.Replays), 1)]);

    [Fact]
    public void Of_Vote_CountsWhoseVoteDecides()
    {
        // a and b against c, d: without a it is one to two.
        var counts = Sums(TestPanels.Run([0, 0, 1, 1], 0, weights: [1, 2, 1, 1]));

        counts[new ReportKey(ReportMeasure.Decisive, "b")].ShouldBe(1);
        counts.ShouldNotContainKey(new ReportKey(ReportMeasure.Decisive, "a"));
        counts.ShouldNotContainKey(new ReportKey(ReportMeasure.Decisive, "c"));
        counts[new ReportKey(ReportMeasure.Voted, "c")].ShouldBe(1);
    }

    [Fact]
    public void Of_Abstention_HasNoVoteButAnOpinion()
    {
        var run = TestPanels.Run([0, 1, 1], 0);
        run = run with { Candidates = [run.Candidates[0], .. run.Candidates.Skip(1).Select(static candidate => candidate with { Party = null })] };

        var counts = Sums(run);

        // Without a nobody votes: there is nothing to compare with.
        counts.Keys.ShouldNotContain(static key => key.Measure == ReportMeasure.Decisive);
        counts[new ReportKey(ReportMeasure.PairAgreed, "b", "c")].ShouldBe(1);
        counts[new ReportKey(ReportMeasure.Alone, "a")].ShouldBe(1);
    }

    [Fact]
    public void Of_StragglerThatWasCancelled_IsWhomThePanelWaitedFor()
    {
        var run = TestPanels.Run([0, 0, null], 0);
        run = run with
        {
            Panel = new PanelManifest(2, 2, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5), PanelManifest.GraceOver),
            SubCalls = [.. run.SubCalls.Take(2), new SubCallManifest(run.SubCalls[2].Usage with { Outcome = CallOutcome.Cancelled })],
        };

        var counts = Sums(run);

        counts[new ReportKey(ReportMeasure.Straggler, "c")].ShouldBe(1);
        counts[new ReportKey(ReportMeasure.WaitedMs, "c")].ShouldBe(3000);
        counts[new ReportKey(ReportMeasure.Missing, "c", "cancelled")].ShouldBe(1);
        counts.ShouldNotContainKey(new ReportKey(ReportMeasure.WaitedMs, "b"));
    }

    [Fact]
    public void Sides_DecidingClusterIsKnown_SaysWhoseAnswerAgrees()
    {
        RunTally.Sides(TestPanels.Run([0, null, 1], 1)).ShouldBe([new FeedbackSide("a", false), new FeedbackSide("c", true)]);
        RunTally.Sides(TestPanels.Run([0, null, 1], deciding: null)).ShouldBeEmpty();
    }

    [Fact]
    public void Middle_OfAnyTimesBucket_IsNear() =>
        Prop.ForAll(Arb.From(Gen.Choose(2, 3_600_000)), static milliseconds =>
        {
            var middle = TimeBuckets.Middle(TimeBuckets.Of(TimeSpan.FromMilliseconds(milliseconds))).TotalMilliseconds;

            // Rounding to whole milliseconds comes on top.
            return Math.Abs(middle - milliseconds) <= (0.045 * milliseconds) + 0.5;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(50, 2)]
    [InlineData(95, 8)]
    [InlineData(100, 8)]
    public void Percentile_OfBuckets_IsTheNearestRank(int percent, int bucket) =>
        TimeBuckets.Percentile([(8, 6), (2, 94)], percent).ShouldBe(TimeBuckets.Middle(bucket));

    [Fact]
    public void Measures_HaveTheNumbersThatDatabasesHold() =>
        Enum.GetValues<ReportMeasure>().Select(static measure => $"{(int)measure} {measure}").ShouldBe(
        [
            "1 Runs", "2 Replays", "3 Older", "4 Completed", "5 Cancelled", "6 Degraded", "7 Compared", "8 Agreed", "9 AgreementMillionths", "10 EarlyStops",
            "11 SavedCalls", "12 SavedTokens", "13 SavedNanoUsd", "14 Priced", "15 NanoUsd", "16 Time", "17 PanelMs", "18 Decided", "32 Asked", "33 Usable",
            "34 Missing", "35 Answers", "36 Alone", "37 DecidedAnswers", "38 Won", "39 Voted", "40 Decisive", "41 LastBeforeQuorum", "42 Straggler", "43 WaitedMs",
            "44 MemberNanoUsd", "45 PricedAnswers", "46 AnswerNanoUsd", "47 AnswerTime", "64 PairCompared", "65 PairAgreed", "80 Feedback", "81 FeedbackRight",
            "82 FeedbackScoreMillionths", "83 FeedbackWith", "84 FeedbackWithRight", "85 FeedbackAgainst", "86 FeedbackAgainstRight",
        ]);

    private static Dictionary<ReportKey, long> Sums(RunManifest run) =>
        RunTally.Of(run).GroupBy(static count => count.Key).ToDictionary(static group => group.Key, static group => group.Sum(static count => count.Value));

    [Fact]
    public void Counts_FeedbackOnAReplay_AreNone()
    {
        var feedback = new RunFeedback
        {
            Run = RunId.New(TimeProvider.System),
            Ensemble = "council",
            StartedAt = DateTimeOffset.UnixEpoch,
            At = DateTimeOffset.UnixEpoch,
            Score = 1,
        };

        feedback.Counts().ShouldNotBeEmpty();
        (feedback with { IsCounted = false }).Counts().ShouldBeEmpty();
    }

    [Fact]
    public void Of_RunWhoseCostIsUnknown_CountsNoCostOfMembers()
    {
        var priced = TestPanels.Run([0, 0, 1], 0, costs: [0.003m, 0.001m, 0.002m]);
        var unpriced = priced with { Usage = priced.Usage with { CostUsd = null } };

        RunTally.Of(priced).Where(static count => count.Key.Measure == ReportMeasure.MemberNanoUsd).Sum(static count => count.Value).ShouldBe(6_000_000);
        RunTally.Of(unpriced).ShouldNotContain(static count => count.Key.Measure == ReportMeasure.MemberNanoUsd);
    }
}
