using Ensemble.Answers;
using Ensemble.Catalog;
using Ensemble.Core.Tests.Runs;
using Ensemble.Panels;
using Ensemble.Strategies;
using Ensemble.Testing;
using Ensemble.Upstreams;

namespace Ensemble.Core.Tests.Panels;

public sealed class CandidateTests
{
    // Ballots are counted with each answer that comes: what is read again then takes time by the square.
    [Fact]
    public void MatchesFormat_CandidatesCountedAgain_IsNeitherReadNorCheckedAgain()
    {
        var chat = RunBench.Parse(
            """{"model":"m","response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"items":{"type":"number"}}}},"messages":[{"role":"user","content":"?"}]}""");
        var (format, reader, ensemble) = (
            AnswerFormat.Of(chat), AnswerReader.For(chat, AnswerType.Auto, tools: false), TestEnsembles.Of("panel", ["a", "b"], "judge"));
        Candidate[] candidates = [Candidate(0, "[" + string.Join(',', Enumerable.Repeat("1", 20_000)) + "]"), Candidate(1, "no list")];
        CandidateSet.Of(reader, ensemble, candidates).Fitting(format)!.Candidates.ShouldBe([candidates[0]]);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var again = CandidateSet.Of(reader, ensemble, candidates).Fitting(format)!;

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(10_000);
        again.Candidates.ShouldBe([candidates[0]]);
        again.Typed.Single()!.Kind.ShouldBe(TypedAnswerKind.Json);
    }

    [Fact]
    public void Fits_AnotherFormat_IsCheckedByThat()
    {
        var candidate = Candidate(0, "[1]");
        var wanted = RunBench.Parse("""{"model":"m","response_format":{"type":"json_object"},"messages":[{"role":"user","content":"?"}]}""");

        candidate.MatchesFormat(AnswerFormat.Text).ShouldBeTrue();
        candidate.MatchesFormat(AnswerFormat.Of(wanted)).ShouldBeFalse();
    }

    private static Candidate Candidate(int member, string text) =>
        new(new SubCallKey(SubCallStep.Candidate, member, 0), new ChatAnswer(text, "stop"), 1);
}
