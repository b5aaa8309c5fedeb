using Ensemble.Catalog;
using Ensemble.Evaluation.Calls;
using Ensemble.Evaluation.Data;
using Ensemble.Evaluation.Grading;
using Ensemble.Evaluation.Running;
using Ensemble.Evaluation.Tests.Running;
using Ensemble.Testing;
using Ensemble.Upstreams;

namespace Ensemble.Evaluation.Tests.Grading;

public sealed class GraderTests
{
    [Theory]
    [InlineData("""{"question":"How many eggs?","answer":"#### 18"}""", "So she has 3 * 6 = 18 eggs.\nThe answer is **18**.", true)]
    [InlineData("""{"question":"How many eggs?","answer":"#### 1,800"}""", "That makes $1800 in all.", true)]
    [InlineData("""{"question":"How many eggs?","answer":"#### 18"}""", "The answer is 17.", false)]
    [InlineData("""{"question":"Which?","choices":["red","green"],"answer":1}""", "The right choice is B.", true)]
    [InlineData("""{"question":"Which?","choices":["red","green"],"answer":1}""", "green", true)]
    [InlineData("""{"question":"Which?","choices":["red","green"],"answer":1}""", "A", false)]
    [InlineData("""{"question":"Is water wet?","answer":true}""", "Yes, it is.", true)]
    [InlineData("""{"question":"Is water wet?","answer":"no"}""", "Yes, it is.", false)]
    [InlineData("""{"question":"Who wrote it?","answer":{"value":"Sinclair Lewis","aliases":["Lewis"]}}""", "The answer is Sinclair Lewis.", true)]
    [InlineData("""{"question":"Who wrote it?","answer":{"value":"Sinclair Lewis","aliases":["Lewis"]}}""", "lewis", true)]
    [InlineData("""{"question":"Who wrote it?","answer":{"value":"Sinclair Lewis","aliases":["Lewis"]}}""", "Mark Twain", false)]
    [InlineData("""{"question":"As JSON?","answer":"{\"a\":1,\"b\":[2]}"}""", "{\"b\":[2],\"a\":1}", true)]
    [InlineData("""{"question":"How many eggs?","answer":"#### 18"}""", "I cannot help with that.", false)]
    public async Task Auto_ReferenceAndAnswer_AreComparedAsAVoteWould(string line, string answer, bool isRight) =>
        (await IsRightAsync("auto", line, answer)).ShouldBe(isRight);

    [Theory]
    [InlineData("exact", "Paris", " Paris\n", true)]
    [InlineData("exact", "Paris", "paris", false)]
    [InlineData("contains", "Paris", "It is PARIS, of course.", true)]
    [InlineData("contains", "Par", "It is Paris.", false)]
    [InlineData("regex", "^It is P\\w+", "It is Paris.", true)]
    [InlineData("number", "18", "Eighteen, that is 18.0", true)]
    public async Task Named_ReferenceAndAnswer_AreComparedByItsRule(string grader, string reference, string answer, bool isRight) =>
        (await IsRightAsync(grader, $$"""{"question":"Capital?","answer":"{{reference.Replace("\\", "\\\\", StringComparison.Ordinal)}}"}""", answer)).ShouldBe(isRight);

    [Theory]
    [InlineData("regex", """{"question":"Q","answer":"["}""", "line 1: '[' is no regular expression")]
    [InlineData("best", """{"question":"Q","answer":"x"}""", "there is no grader 'best'")]
    [InlineData("judge:nobody", """{"question":"Q","answer":"x"}""", "no chat model 'nobody'")]
    public void Check_WhatCannotGrade_IsAnErrorBeforeAnythingIsPaid(string grader, string line, string message) =>
        Should.Throw<EvaluationException>(() => GraderTable.Check(grader, Catalog(), QuestionFile.Read("d", [line]))).Message.ShouldContain(message);

    [Fact]
    public async Task Judge_AskedTwiceInSwappedOrder_CountsItsContradictions()
    {
        // It likes what stands first to be the longer one on every second question.
        var report = await new TestEvaluation
        {
            Catalog = Catalog(),
            Questions = TestEvaluation.Numbers(40),
            Caller = new JudgingCaller(),
            Options = new EvaluationOptions { Catalog = "c", Data = "d", Grader = "judge:judge" },
        }.RunAsync();

        report.Judge.ShouldNotBeNull();
        report.Judge.Model.ShouldBe("judge");

        // Two members, the vote of both, two votes of one, and the ensemble itself.
        report.Judge.Judged.ShouldBe(40 * 6);
        report.Judge.Contradicted.ShouldBe(20 * 6);
        report.Judge.Unreadable.ShouldBe(0);
        report.Subjects.Single(static subject => subject.Name == "m1").Accuracy.Value.ShouldBe(0.5);
        report.Notes.ShouldContain(static note => note.Contains("contradicted itself on 120 (50.0 %)", StringComparison.Ordinal));
    }

    private static CatalogSnapshot Catalog() => new CatalogBuilder()
        .Add([.. TestEvaluation.Voting(2).Models.Values, TestModels.Simulated("judge")])
        .Add(TestEvaluation.Voting(2).Ensembles["council"])
        .Build();

    private static async Task<bool> IsRightAsync(string grader, string line, string answer)
    {
        var question = QuestionFile.Read("d", [line]).Single();
        using var recording = Evaluation.Recording.AnswerRecording.Open(null, false);
        using var models = new AskedModels(
            new ScriptedCaller(static (_, _) => throw new InvalidOperationException()), recording, new CostCeiling(null, 0), 1, TimeProvider.System, default);
        return await GraderTable.Of(grader, null, models).IsRightAsync(question, QuestionChat.Of(question, "m", null), new ChatAnswer(answer, "stop"));
    }
}
