using Ensemble.Answers;
using Ensemble.Catalog;
using Ensemble.Core.Tests.Runs;
using Ensemble.Panels;
using Ensemble.Strategies;
using Ensemble.Testing;
using Ensemble.Upstreams;

namespace Ensemble.Core.Tests.Strategies;

public sealed class BestCandidateTests
{
    [Fact]
    public void Of_ShortAnswers_IsTheHeaviestVote() =>
        Best("null", Candidate(0, "41", 1), Candidate(1, "42", 1), Candidate(2, "42.", 1))!.Key.Member.ShouldBe(1);

    [Fact]
    public void Of_FormatAskedFor_LooksOnlyAtThoseThatHaveIt() =>
        Best("{\"type\":\"json_object\"}", Candidate(0, "yes", 9), Candidate(1, "yes", 9), Candidate(2, "{}", 1))!.Key.Member.ShouldBe(2);

    [Fact]
    public void Of_NobodyHasTheFormat_IsNone() =>
        Best("{\"type\":\"json_object\"}", Candidate(0, "yes", 1)).ShouldBeNull();

    private static Candidate Candidate(int member, string text, double weight) =>
        new(new SubCallKey(SubCallStep.Candidate, member, 0), new ChatAnswer(text, "stop"), weight);

    private static Candidate? Best(string format, params Candidate[] candidates)
    {
        var chat = RunBench.Parse($$"""{"model":"m","response_format":{{format}},"messages":[{"role":"user","content":"?"}]}""");
        var ensemble = TestEnsembles.Of("panel", ["a", "b", "c"], "judge");
        return BestCandidate.Of(CandidateSet.Of(AnswerReader.For(chat, AnswerType.Auto, tools: false), ensemble, candidates),
            AnswerFormat.Of(chat));
    }
}
