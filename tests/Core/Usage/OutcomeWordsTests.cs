using System.Text;
using Ensemble.Runs;
using Ensemble.Testing;
using Ensemble.Upstreams;
using Ensemble.Usage;

namespace Ensemble.Core.Tests.Usage;

/// <summary>Words that outcomes had in older versions are read as those of today.</summary>
public sealed class OutcomeWordsTests
{
    private static readonly string[] OfRuns = [.. Enum.GetValues<RunFailureKind>().Select(SnakeCase.Of)];
    private static readonly string[] OfCalls = [.. Enum.GetValues<CallOutcome>().Select(SnakeCase.Of)];

    public static TheoryData<string, string> FormerOfRuns => [.. OutcomeWords.Runs.Renamed];

    [Fact]
    public void Words_OfRunsAndCalls_AreTheSameForTheSameThings() =>
        OfRuns.Intersect(OfCalls).ShouldBe(["request_rejected", "budget_exceeded", "cancelled"], ignoreOrder: true);

    [Fact]
    public void FormerWords_AreNoneOfTodays()
    {
        OutcomeWords.Runs.Renamed.ShouldAllBe(word => !OfRuns.Contains(word.Former) && OfRuns.Contains(word.Current));
        OutcomeWords.Calls.Renamed.ShouldAllBe(word => !OfCalls.Contains(word.Former) && OfCalls.Contains(word.Current));
    }

    [Theory]
    [MemberData(nameof(FormerOfRuns))]
    public void Read_ManifestWithAFormerOutcome_HasTodays(string former, string current)
    {
        var json = Json(TestUsage.Ended(RunId.New()) with { Outcome = current }).Replace($"\"{current}\"", $"\"{former}\"", StringComparison.Ordinal);

        json.ShouldContain($"\"Outcome\":\"{former}\"");
        StoredManifest.Read(Encoding.UTF8.GetBytes(json)).Outcome.ShouldBe(current);
    }

    [Theory]
    [InlineData("OverBudget", CallOutcome.BudgetExceeded)]
    [InlineData("BudgetExceeded", CallOutcome.BudgetExceeded)]
    [InlineData("TimedOut", CallOutcome.TimedOut)]
    public void Read_SubCallWithAFormerOutcome_HasTodays(string stored, CallOutcome outcome)
    {
        var run = RunId.New();
        var json = Json(TestUsage.Ended(run, TestUsage.SubCall(run, outcome: outcome))).Replace($"\"{outcome}\"", $"\"{stored}\"", StringComparison.Ordinal);

        json.ShouldContain($"\"Outcome\":\"{stored}\"");
        RunManifestJson.Read(Encoding.UTF8.GetBytes(json)).SubCalls.ShouldHaveSingleItem().Usage.Outcome.ShouldBe(outcome);
    }

    [Fact]
    public void Filter_OfAFormerWord_MeansTodays()
    {
        new RunFilter(TestUsage.Start, TestUsage.Start) { Outcome = "direct_failed" }.Outcome.ShouldBe("upstream_failed");
        new UsageFilter(TestUsage.Start, TestUsage.Start) { Outcome = "over_budget" }.Outcome.ShouldBe("budget_exceeded");
        new UsageFilter(TestUsage.Start, TestUsage.Start) { Outcome = "rate_limited" }.Outcome.ShouldBe("rate_limited");
    }

    private static string Json(RunManifest manifest) => Encoding.UTF8.GetString(RunManifestJson.Write(manifest));
}
