using Ensemble.Core.Tests.Runs;
using Ensemble.Judging;
using Ensemble.Panels;
using Ensemble.Runs;
using Ensemble.Strategies;
using Ensemble.Upstreams;

namespace Ensemble.Core.Tests.Strategies;

public sealed class BestCandidateTests
{
    [Fact]
    public void Of_ShortAnswers_IsTheHeaviestVote() =>
        BestCandidate.Of([Candidate(0, "41", 1), Candidate(1, "42", 1), Candidate(2, "42.", 1)], Format("null"))!.Key.Member.ShouldBe(1);

    [Fact]
    public void Of_FormatAskedFor_LooksOnlyAtThoseThatHaveIt() =>
        BestCandidate.Of([Candidate(0, "yes", 9), Candidate(1, "yes", 9), Candidate(2, "{}", 1)], Format("{\"type\":\"json_object\"}"))!.Key.Member.ShouldBe(2);

    [Fact]
    public void Of_NobodyHasTheFormat_IsNone() =>
        BestCandidate.Of([Candidate(0, "yes", 1)], Format("{\"type\":\"json_object\"}")).ShouldBeNull();

    private static Candidate Candidate(int member, string text, double weight) =>
        new(new SubCallKey(SubCallStep.Candidate, member, 0), new ChatAnswer(text, "stop"), weight);

    private static AnswerFormat Format(string json) =>
        AnswerFormat.Of(RunBench.Parse($$"""{"model":"m","response_format":{{json}},"messages":[{"role":"user","content":"?"}]}"""));
}
