using Ensemble.Chat;
using Ensemble.Evaluation.Recording;

namespace Ensemble.Evaluation.Tests.Running;

public sealed class CeilingTests
{
    private const decimal PricePerToken = 1 / 1_000_000m;

    [Fact]
    public async Task Evaluation_EightCallsInFlight_NeverPassesTheCeiling()
    {
        for (var seed = 0; seed < 25; seed++)
        {
            var random = new Random(seed);
            var usage = new TokenUsage(random.Next(1, 150), random.Next(1, 101));
            var max = random.Next(0, 20) * 500 * PricePerToken;
            var caller = Caller(usage);
            using var recording = new MemoryStream();
            var evaluation = Evaluation(caller, recording, max);

            await evaluation.RunAsync();

            (evaluation.IsCut || caller.Calls == 60).ShouldBeTrue();
            (caller.Calls * (usage.PromptTokens + usage.CompletionTokens) * PricePerToken).ShouldBeLessThanOrEqualTo(max, $"seed {seed}");
            evaluation.Spent.ShouldBeLessThanOrEqualTo(max);
            caller.MaxInFlight.ShouldBeLessThanOrEqualTo(8);

            // What is recorded is paid: a second start has no other money.
            var second = Caller(usage);
            var again = Evaluation(second, Copy(recording), max);
            await again.RunAsync();
            again.Spent.ShouldBeInRange(evaluation.Spent, max);
            ((caller.Calls + second.Calls) * (usage.PromptTokens + usage.CompletionTokens) * PricePerToken).ShouldBeLessThanOrEqualTo(max, $"seed {seed}");
        }
    }

    [Fact]
    public async Task Evaluation_CeilingThatIsNotReached_AnswersAllQuestionsEightAtATime()
    {
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiting = 0;
        var caller = new ScriptedCaller(static (_, question) => (TestEvaluation.Right(question), TimeSpan.FromSeconds(1)))
        {
            Before = () =>
            {
                if (Interlocked.Increment(ref waiting) == 8)
                {
                    all.SetResult();
                }

                return all.Task;
            },
        };

        var evaluation = Evaluation(caller, new MemoryStream(), max: 1);
        var report = await evaluation.RunAsync();

        (report.Questions, report.LeftOut, evaluation.IsCut).ShouldBe((20, 0, false));
        caller.MaxInFlight.ShouldBe(8);
    }

    [Fact]
    public void Spent_CallsWithoutAnEnd_CountAtTheirMost()
    {
        byte[] lines = [.. RecordingLine.Pending("a", 0.5m), .. RecordingLine.Pending("b", 0.25m), .. RecordingLine.Pending("b", 0.25m)];
        using var stream = new MemoryStream();
        stream.Write(lines);
        stream.Position = 0;

        using var recording = AnswerRecording.Open(stream, "r", retryFailed: false);

        recording.Spent.ShouldBe(1.0m);
    }

    private static MemoryStream Copy(MemoryStream stream)
    {
        var copy = new MemoryStream();
        copy.Write(stream.ToArray());
        copy.Position = 0;
        return copy;
    }

    private static ScriptedCaller Caller(TokenUsage usage) => new(static (_, question) => (TestEvaluation.Right(question), TimeSpan.FromSeconds(1)))
    {
        Usage = usage,
        Before = static async () => await Task.Yield(),
    };

    private static TestEvaluation Evaluation(ScriptedCaller caller, MemoryStream recording, decimal max) => new()
    {
        Catalog = TestEvaluation.Voting(3),
        Questions = TestEvaluation.Numbers(20),
        Caller = caller,
        Recording = recording,
        Options = new EvaluationOptions { Catalog = "c", Data = "d", MaxCostUsd = max, Concurrency = 8 },
    };
}
