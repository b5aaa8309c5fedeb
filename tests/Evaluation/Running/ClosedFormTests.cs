using Ensemble.Evaluation.Analysis;

namespace Ensemble.Evaluation.Tests.Running;

/// <summary>Panels whose figures are known without asking anybody.</summary>
public sealed class ClosedFormTests
{
    private const double Point = 0.01;

    [Fact]
    public async Task Evaluation_IndependentErrors_IsWhatTheBinomialSays()
    {
        // Every combination of three dice of five sides once; who throws a 0 errs, and all that err say the same.
        var report = await RunAsync(3, 125, static (member, question) => question / Power(5, member) % 5 != 0);

        var council = report.Subjects.Single(static subject => subject.Name == "council");
        council.Accuracy.Value.ShouldBe(0.8 * 0.8 * (3 - (2 * 0.8)), Point);
        var panel = report.Panels.ShouldHaveSingleItem();
        panel.MeanCorrelation!.Value.ShouldBe(0, Point);
        panel.EffectiveMembers!.Value.ShouldBe(3, Point);
        panel.Ceiling.Value.ShouldBe(1 - (0.2 * 0.2 * 0.2), Point);
        panel.Vote.Value.ShouldBe(council.Accuracy.Value, 1e-9);
        panel.Pairs.ShouldAllBe(static pair => pair.SameWrongShare == 1);
        council.Comparison!.Verdict.ShouldBe(Verdict.UseIt);
        council.Comparison.Sentence.ShouldContain("for 3.0 times the money");
    }

    [Fact]
    public async Task Evaluation_IdenticalErrors_IsOneMemberAtThreeTimesThePrice()
    {
        var report = await RunAsync(3, 200, static (_, question) => question % 5 != 0);

        var council = report.Subjects.Single(static subject => subject.Name == "council");
        council.Accuracy.Value.ShouldBe(0.8, Point);
        council.Comparison!.Sentence.ShouldBe("do not fuse: m1 alone is as good for a third of the money.");
        var panel = report.Panels.ShouldHaveSingleItem();
        panel.MeanCorrelation!.Value.ShouldBe(1, Point);
        panel.EffectiveMembers!.Value.ShouldBe(1, Point);
        panel.Ceiling.Value.ShouldBe(0.8, Point);
        panel.Values.ShouldAllBe(static member => member.Advice != null && member.CostShare!.Value > 0.33 && member.CostShare.Value < 0.34);
    }

    [Fact]
    public async Task Evaluation_OneStrongMember_IsHeldBackByTheOthers()
    {
        // One errs on a twentieth, two on two fifths, all of them independently.
        var report = await RunAsync(3, 500, static (member, question) => member switch
        {
            0 => question % 20 != 0,
            1 => question / 20 % 5 > 1,
            _ => question / 100 % 5 > 1,
        });

        var council = report.Subjects.Single(static subject => subject.Name == "council");
        report.BestSingle.ShouldBe("m1");
        report.IsCrossFitted.ShouldBeTrue();
        council.Accuracy.Value.ShouldBe((0.95 * (1 - 0.16)) + (0.05 * 0.36), Point);
        council.Comparison!.Difference.Value.ShouldBe(council.Accuracy.Value - 0.95, Point);
        council.Comparison.Sentence.ShouldStartWith("do not fuse: m1 alone is 13.4 points");
        council.Lost.Count.ShouldBe(council.Comparison.OnlyBest);
        report.Panels[0].Values.Single(static member => member.Name == "m1").Change.Value.ShouldBeLessThan(-0.1);
    }

    private static int Power(int number, int times) => (int)Math.Pow(number, times);

    private static Task<EvaluationReport> RunAsync(int members, int questions, Func<int, int, bool> isRight) => new TestEvaluation
    {
        Catalog = TestEvaluation.Voting(members),
        Questions = TestEvaluation.Numbers(questions),
        Caller = new ScriptedCaller((model, question) =>
            (isRight(int.Parse(model[1..]) - 1, question) ? TestEvaluation.Right(question) : "The answer is 7.", TimeSpan.FromSeconds(1))),
    }.RunAsync();
}
