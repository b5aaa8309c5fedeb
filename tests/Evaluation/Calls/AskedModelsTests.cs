using Ensemble.Evaluation.Calls;
using Ensemble.Evaluation.Grading;
using Ensemble.Evaluation.Recording;
using Ensemble.Evaluation.Tests.Running;
using Ensemble.Gates;

namespace Ensemble.Evaluation.Tests.Calls;

public sealed class AskedModelsTests
{
    [Fact]
    public async Task AskAsync_CallThatIsInFlight_IsMadeAndPaidOnce()
    {
        var answered = new TaskCompletionSource();
        var caller = new ScriptedCaller(static (_, _) => ("42", TimeSpan.FromSeconds(1))) { Before = () => answered.Task };
        using var recording = AnswerRecording.Open(null, retryFailed: false);
        using var models = new AskedModels(
            caller, recording, new CostCeiling(null, 0), concurrency: 8, TimeProvider.System, TestContext.Current.CancellationToken);
        var question = TestEvaluation.Numbers(1)[0];
        var call = JudgeGrader.Call(TestEvaluation.Voting(1).Models["m1"], question, "a", "b");
        var holder = new GateHolder(
            RunId.Of(new byte[RunId.Bytes]), 1, "m1", SubCallRole.Control, new SubCallKey(SubCallStep.Verification, 0, 0));

        var first = models.AskAsync(question, call, holder, ordinal: 0).AsTask();
        var second = models.AskAsync(question, call, holder, ordinal: 0).AsTask();
        answered.SetResult();

        (await first).ShouldBeSameAs(await second);
        (await models.AskAsync(question, call, holder, ordinal: 0)).ShouldBeSameAs(await first);
        (caller.Calls, models.Made).ShouldBe((1, 1));
    }
}
