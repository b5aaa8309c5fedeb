using System.Text;
using Ensemble.Testing;
using Ensemble.Usage;

namespace Ensemble.Core.Tests.Usage;

public sealed class StoredManifestTests
{
    private static readonly RunManifest Plain = TestUsage.Ended(RunId.New(), TestUsage.SubCall(RunId.New())) with
    {
        Candidates = [new CandidateManifest(0, 0, 1) { AnswerType = "short_text", Answer = "paris" }],
        Decisions =
        [
            new DecisionManifest("audit", "rejected") { Reason = "wombats" },
            new DecisionManifest("audit", "failed") { Reason = "no_verdict" },
            new DecisionManifest("analysis", "agree") { Reason = "it is a city" },
            new DecisionManifest("later", "chosen") { Reason = "It says Paris" },
            new DecisionManifest("vote", "chosen") { Reason = "plurality" },
        ],
    };

    [Fact]
    public void Write_WithoutContent_IsTheManifest() => StoredManifest.Write(Plain).ShouldBe(RunManifestJson.Write(Plain));

    [Fact]
    public void Pack_Manifest_IsReadAsItWasWritten() =>
        RunManifestJson.Write(StoredManifest.Read(StoredManifest.Pack(Plain))).ShouldBe(RunManifestJson.Write(Plain));

    [Fact]
    public void Write_WithContent_LeavesOutWhatAnswersSay()
    {
        var kept = RunManifestJson.Read(StoredManifest.Write(Plain with { HoldsContent = true }));

        kept.Candidates.ShouldHaveSingleItem().ShouldBe(Plain.Candidates[0] with { Answer = null });
        kept.Decisions.Select(decision => decision.Reason).ShouldBe([null, "no_verdict", null, null, "plurality"]);
        kept.HoldsContent.ShouldBeFalse();
        kept.Omitted.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(10_000, 0, "candidates,decisions")]
    [InlineData(10_000, 2000, "candidates,decisions,sub_calls")]
    public void Write_TooLong_LeavesListsOutAndSaysWhich(int candidates, int subCalls, string omitted)
    {
        var manifest = Plain with
        {
            Candidates = [.. Enumerable.Range(0, candidates).Select(member => new CandidateManifest(member, 0, 1))],
            SubCalls = [.. Enumerable.Range(0, subCalls).Select(member => new SubCallManifest(TestUsage.SubCall(RunId.New(), member)))],
        };

        var json = StoredManifest.Write(manifest);

        json.Length.ShouldBeLessThanOrEqualTo(StoredManifest.MaxBytes, Encoding.UTF8.GetString(json, 0, 200));
        RunManifestJson.Read(json).Omitted.ShouldBe(omitted.Split(','));
        RunManifestJson.Read(json).Usage.ShouldBe(manifest.Usage);
    }
}
