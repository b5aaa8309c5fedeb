using Ensemble.Reports;
using Ensemble.Testing;
using Ensemble.Usage;
using Ensemble.Votes;

namespace Ensemble.Core.Tests.Reports;

/// <summary>Reports on panels whose figures are known beforehand.</summary>
public sealed class PanelReportTests
{
    private const int Runs = 4000;

    [Fact]
    public void Build_IdenticalMembers_SaysThatTheCheapestAloneIsEnough()
    {
        var report = Report(Enumerable.Range(0, Runs).Select(static run => TestPanels.Run([run, run, run], run, costs: [0.003m, 0.001m, 0.002m])));

        report.Verdict.ShouldBe("do_not_fuse");
        report.VerdictMember.ShouldBe("b");
        report.Sentence.ShouldBe(
            "do not fuse: b alone says what the ensemble says in 100.0 % of 4,000 answers (99.9 % … 100.0 %), for a sixth of the money.");
        report.Members.ShouldAllBe(static member => member.Won!.Value == 1 && member.Alone!.Value == 0 && member.Decisive!.Value == 0);
        report.Pairs.Select(static pair => (pair.First, pair.Second, pair.Agreed.Value)).ShouldBe([("a", "b", 1), ("a", "c", 1), ("b", "c", 1)]);
        report.Agreement.Mean.ShouldBe(1);
    }

    [Fact]
    public void Build_OneMemberOutweighsTheOthers_SaysThatItAloneIsEnough()
    {
        var random = new Random(7);
        var report = Report(Enumerable.Range(0, Runs).Select(_ => Vote(random, [0.9, 0.5, 0.5], weights: [3, 1, 1])));

        report.VerdictMember.ShouldBe("a");
        report.Verdict.ShouldBe("do_not_fuse");
        Member(report, "a").Decisive!.Value.ShouldBeGreaterThan(0.1);
        Member(report, "b").Decisive!.Value.ShouldBe(0);
    }

    [Fact]
    public void Build_IndependentMembers_SaysThatTheyAreWorthTheirMoneyWithTheExpectedFigures()
    {
        var random = new Random(7);
        double[] right = [0.8, 0.7, 0.6];

        var report = Report(Enumerable.Range(0, Runs).Select(_ => Vote(random, right)));

        // Right answers are 0, all wrong ones 1: two of the three give the answer, and agreement of independent ones is p·q + (1 − p)(1 − q).
        report.Verdict.ShouldBe("use_it");
        report.VerdictMember.ShouldBeNull();
        report.Sentence.ShouldStartWith("use it: no member alone gives the same answers; the nearest, a, differs in ");
        report.Pairs[0].Agreed.Value.ShouldBe(0.8 * 0.7 + 0.2 * 0.3, 0.02);
        report.Pairs[2].Agreed.Value.ShouldBe(0.7 * 0.6 + 0.3 * 0.4, 0.02);

        // A member is outvoted where the other two agree against it.
        Member(report, "a").Won!.Value.ShouldBe(1 - (0.8 * 0.3 * 0.4 + 0.2 * 0.7 * 0.6), 0.02);
        Member(report, "a").Alone!.Value.ShouldBe(0.8 * 0.3 * 0.4 + 0.2 * 0.7 * 0.6, 0.02);
    }

    [Fact]
    public void Build_AMemberThatNeverAgreesWithAnybody_SaysThatItIsToBeDropped()
    {
        var random = new Random(7);
        var report = Report(Enumerable.Range(0, Runs).Select(_ =>
        {
            var clusters = Draw(random, [0.75, 0.75, 0.75]);
            return Decided([.. clusters, 9], costs: [0.001m, 0.001m, 0.001m, 0.007m]);
        }));

        report.Verdict.ShouldBe("drop_member");
        report.VerdictMember.ShouldBe("d");
        report.Sentence.ShouldBe(
            "drop d: a vote without it decides otherwise in 0.0 % of 4,000 runs (0.0 % … 0.1 %), and 70.0 % of the cost is saved.");
        Member(report, "d").Alone!.Value.ShouldBe(1);
        Member(report, "d").CostShare.ShouldBe(0.7);
    }

    [Theory]
    [InlineData(29, "too few runs to tell: the answers of two members or more were compared in 29 runs; at least 30 are needed.")]
    [InlineData(30, "too few runs to tell: a alone says what the ensemble says in 100.0 % of 30 answers (88.6 % … 100.0 %), and may be enough.")]
    public void Build_FewRuns_SaysSo(int runs, string sentence)
    {
        var report = Report(Enumerable.Range(0, runs).Select(static _ => TestPanels.Run([0, 0, 1], 0)));

        report.Verdict.ShouldBe("too_few_runs");
        report.Sentence.ShouldBe(sentence);
    }

    [Fact]
    public void Build_AJudgeWritesItsOwnWords_SaysThatNothingIsKnownOfThem()
    {
        var report = Report(Enumerable.Range(0, 100).Select(static _ => TestPanels.Run([0, 0, 1], deciding: null)));

        report.Verdict.ShouldBe("too_few_runs");
        report.Sentence.ShouldContain("in only 0 runs is it known whose answer was given");
        report.Runs.ShouldBe(new RunFigures(100, 100, 0, 0, new Share(0, 100), 100, 0, 0, 0));
        Member(report, "a").Won.ShouldBeNull();
    }

    [Fact]
    public void Build_Nothing_HasNoFigures()
    {
        var report = Report([]);

        report.Verdict.ShouldBe("too_few_runs");
        report.Members.ShouldBeEmpty();
        (report.Cost.PerRunUsd, report.Latency.P50Ms, report.Agreement.Mean, report.Feedback.Right).ShouldBe((null, null, null, null));
    }

    [Fact]
    public void Build_CostAndTime_AreComparedWithTheCheapestAndTheMostExpensiveMember()
    {
        var report = Report(Enumerable.Range(0, 40).Select(static _ => TestPanels.Run([0, 0, 1], 0, costs: [0.001m, 0.002m, 0.005m])));

        report.Cost.PerRunUsd.ShouldBe(0.008m);
        report.Cost.Cheapest.ShouldBe(new SingleFigures("a", 0.001m, 8, 981, 981, 3.083588));
        report.Cost.MostExpensive!.Member.ShouldBe("c");
        report.Cost.MostExpensive.CostRatio.ShouldBe(1.6);
        report.Latency.P50Ms!.Value.ShouldBeInRange(2865, 3135);
        Member(report, "c").CostShare.ShouldBe(0.625);

        // Second of two that are needed, at 2 s; the third was waited for another second of three.
        Member(report, "b").LastBeforeQuorum.ShouldBe(40);
        Member(report, "c").WaitingShare.ShouldBe(0.333333);
        Member(report, "a").WaitingShare.ShouldBe(0);
    }

    [Fact]
    public void Build_MissingAnswers_AreCountedByReason()
    {
        var report = Report([TestPanels.Run([0, 0, null], 0), TestPanels.Run([0, 0, 0], 0)]);

        var member = Member(report, "c");
        (member.Asked, member.Usable).ShouldBe((2, 1));
        member.Missing.ShouldHaveSingleItem().ShouldBe(new MissingFigures("timed_out", 1));

        // One that did not answer has changed nothing.
        member.Decisive.ShouldBe(new Share(0, 2));
    }

    [Fact]
    public void Build_Feedback_SaysHowOftenTheEnsembleAndEachMemberAreRight()
    {
        var runs = Enumerable.Range(0, 40).Select(static _ => TestPanels.Run([0, 0, 1], 0)).ToArray();
        var said = runs.SelectMany((run, index) => new RunFeedback
        {
            Run = run.Run,
            Ensemble = run.Ensemble,
            StartedAt = run.StartedAt,
            At = run.StartedAt,
            Score = index < 30 ? 1 : 0.25,
            Sides = RunTally.Sides(run),
        }.Counts());

        var report = Report(runs, said);

        report.Feedback.ShouldBe(new FeedbackFigures(40, new Share(30, 40), 0.8125));
        Member(report, "a").RightWith.ShouldBe(new Share(30, 40));
        Member(report, "a").RightAgainst.ShouldBeNull();
        Member(report, "c").RightWith.ShouldBeNull();
        Member(report, "c").RightAgainst.ShouldBe(new Share(30, 40));
        report.Sentence.ShouldEndWith(" The answer is right in 75.0 % of 40 statements of feedback (59.8 % … 85.8 %).");
    }

    private static MemberReport Member(PanelReport report, string name) => report.Members.Single(member => member.Member == name);

    private static PanelReport Report(IEnumerable<RunManifest> runs, IEnumerable<ReportCount>? more = null)
    {
        var totals = runs.SelectMany(RunTally.Of).Concat(more ?? [])
            .GroupBy(static count => count.Key, static count => count.Value)
            .Select(static group => new ReportCount(group.Key, group.Sum()));
        return ReportBuilder.Build("council", TestUsage.Start, TestUsage.Start.AddDays(1), UsageDimension.Hour, new ReportCounts([.. totals], []));
    }

    private static RunManifest Vote(Random random, double[] right, double[]? weights = null) => Decided(Draw(random, right), weights);

    /// <summary>Right answers are 0, wrong ones 1.</summary>
    private static int?[] Draw(Random random, double[] right) => [.. right.Select(share => (int?)(random.NextDouble() < share ? 0 : 1))];

    private static RunManifest Decided(int?[] clusters, double[]? weights = null, decimal[]? costs = null) => TestPanels.Run(
        clusters, Plurality.Decide([.. clusters.Select((cluster, member) => new Ballot(cluster, weights?[member] ?? 1))])!.Value.Winner, weights, costs);
}
