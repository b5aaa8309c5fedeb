using Ensemble.Catalog;
using Ensemble.Evaluation.Analysis;

namespace Ensemble.Evaluation.Tests.Running;

/// <summary>What a strategy takes, put together from the times that its calls took.</summary>
public sealed class ReplayTests
{
    [Fact]
    public async Task Vote_TwoOfThreeAgree_EndsWithTheSecondAndPaysForAll()
    {
        var report = await RunAsync(StrategyKind.Vote, static (model, question) => (TestEvaluation.Right(question), Time(model)));

        var council = report.Subjects.Single(static subject => subject.Name == "council");
        council.Latency!.Value.P50.ShouldBe(TimeSpan.FromSeconds(2));
        council.Latency.Value.P95.ShouldBe(TimeSpan.FromSeconds(2));
        council.CallsPerQuestion.ShouldBe(3);
        council.CostPerThousand.ShouldBe(3 * 0.12m);
        report.Subjects.Single(static subject => subject.Name == "m3").Latency!.Value.P50.ShouldBe(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Cascade_FirstRungDisagrees_TakesItsSlowestAndThenTheNext()
    {
        var report = await RunAsync(
            StrategyKind.Cascade, static (model, question) => (model == "m2" ? "The answer is 7." : TestEvaluation.Right(question), Time(model)));

        var council = report.Subjects.Single(static subject => subject.Name == "council");
        council.Latency!.Value.P50.ShouldBe(TimeSpan.FromSeconds(12));
        council.Accuracy.Value.ShouldBe(1);
    }

    [Fact]
    public async Task Cascade_FirstRungAgrees_AsksAndPaysTwo()
    {
        var report = await RunAsync(StrategyKind.Cascade, static (model, question) => (TestEvaluation.Right(question), Time(model)));

        var council = report.Subjects.Single(static subject => subject.Name == "council");
        council.Latency!.Value.P50.ShouldBe(TimeSpan.FromSeconds(2));
        council.CallsPerQuestion.ShouldBe(2);
        council.CostPerThousand.ShouldBe(2 * 0.12m);
    }

    [Fact]
    public async Task Vote_StragglersCancelledManyTimes_IsTheSameRunEachTime()
    {
        for (var round = 0; round < 20; round++)
        {
            var report = await RunAsync(StrategyKind.Vote, static (model, question) => (TestEvaluation.Right(question), Time(model)), questions: 40);

            report.Subjects.Single(static subject => subject.Name == "council").Latency!.Value.P95.ShouldBe(TimeSpan.FromSeconds(2));
        }
    }

    [Fact]
    public async Task Evaluation_SeveralStrategiesAndABaseline_AsksEachMemberOnce()
    {
        var caller = new ScriptedCaller(static (model, question) => (TestEvaluation.Right(question), Time(model)));
        var report = await new TestEvaluation
        {
            Catalog = TestEvaluation.Voting(3),
            Questions = TestEvaluation.Numbers(4),
            Caller = caller,
            Options = new EvaluationOptions
            {
                Catalog = "c",
                Data = "d",
                Strategies = ["vote", "consensus", "cascade"],
                Baselines = ["m1", "self:m1:3"],
            },
        }.RunAsync();

        // The first of the three samples is the answer that the member gave.
        caller.Calls.ShouldBe(4 * (3 + 2));
        report.Subjects.Select(static subject => subject.Name).Order(StringComparer.Ordinal).ShouldBe(
            ["council / cascade", "council / consensus", "council / vote", "m1", "m2", "m3", "self:m1:3"]);
    }

    private static TimeSpan Time(string model) => TimeSpan.FromSeconds(model switch { "m1" => 1, "m2" => 2, _ => 10 });

    private static Task<EvaluationReport> RunAsync(StrategyKind strategy, Func<string, int, (string, TimeSpan)> answer, int questions = 3) => new TestEvaluation
    {
        Catalog = TestEvaluation.Voting(3, change: ensemble => ensemble with { Strategy = strategy }),
        Questions = TestEvaluation.Numbers(questions),
        Caller = new ScriptedCaller(answer),
    }.RunAsync();
}
