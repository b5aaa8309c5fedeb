using Ensemble.Catalog;
using Ensemble.Core.Tests.Runs;
using Ensemble.Runs;
using Ensemble.Testing;
using Ensemble.Upstreams;
using Ensemble.Usage;

namespace Ensemble.Core.Tests.Strategies;

public sealed class VoteTests
{
    private readonly RunBench _bench = new(TestEnsembles.Of(StrategyKind.Vote, "panel", ["a", "b", "c"], "judge"));

    [Fact]
    public async Task Execute_TwoOfThreeAgree_TheirAnswerVerbatimWithoutAJudge()
    {
        _bench.Upstream.On("a", Does.Say("41")).On("b", Does.Say("42.")).On("c", Does.Say("42"));

        var outcome = await _bench.RunAsync();

        outcome.Text.ShouldBe("42.");
        outcome.Manifest.Decisions.ShouldBe([new DecisionManifest("vote", "chosen") { Reason = "plurality", Member = 1, Sample = 0, Value = 2d / 3 }]);
        outcome.Manifest.Candidates.Select(candidate => candidate.Cluster).ShouldBe([0, 1, 1]);
        outcome.Manifest.Candidates.Select(candidate => candidate.Party).ShouldBe([0, 1, 1]);
        outcome.Manifest.DecidingCluster.ShouldBe(1);
        outcome.Manifest.Members.ShouldBe(["a", "b", "c"]);
        _bench.Upstream.CallsOf("judge").ShouldBeEmpty();
    }

    [Fact]
    public async Task Execute_TwoAgreeWhileTheThirdIsOut_EndsAtOnceAndSaysWhatItSaved()
    {
        _bench.Upstream.On("a", Does.Say("42")).On("b", Does.Hang()).On("c", Does.Say("42"));

        var outcome = await _bench.RunAsync();

        outcome.Text.ShouldBe("42");
        outcome.Manifest.Panel!.ClosedBecause.ShouldBe("decided");
        outcome.Manifest.Saved.Calls.ShouldBe(1);
        outcome.Manifest.Saved.Tokens.ShouldBeGreaterThan(0);
        _bench.Upstream.CallsOf("b").Single().WasCancelled.ShouldBeTrue();
    }

    [Fact]
    public async Task Execute_AnswerComesThoughItIsNotWaitedFor_NothingIsSaved()
    {
        var decided = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _bench.Upstream.On("a", Does.Say("42")).On("c", Does.Say("42")).On("b", async (request, cancellationToken) =>
        {
            // Its answer is on the way when it is told to stop.
            using var registration = cancellationToken.Register(() => decided.TrySetResult());
            await decided.Task;
            return await Does.Say("41")(request, CancellationToken.None);
        });

        var outcome = await _bench.RunAsync();

        outcome.Manifest.Panel!.ClosedBecause.ShouldBe("decided");
        outcome.Manifest.SubCalls.Single(subCall => subCall.Usage.Model == "b").Usage.Outcome.ShouldBe(CallOutcome.Ok);
        outcome.Manifest.Saved.ShouldBe(SavingsManifest.None);
    }

    [Fact]
    public async Task Execute_RemainingWeightCouldDecide_WaitsForIt()
    {
        _bench.Ensemble = _bench.Ensemble with { Panel = [.. _bench.Ensemble.Panel.Select((member, index) => member with { Weight = index == 2 ? 5 : 1 })] };
        var late = new TaskCompletionSource();
        _bench.Upstream.On("a", Does.Say("42")).On("b", Does.Say("42")).On("c", async (request, cancellationToken) =>
        {
            await late.Task.WaitAsync(cancellationToken);
            return await Does.Say("7")(request, cancellationToken);
        });
        var run = _bench.Start();
        await _bench.Upstream.CalledAsync("c");
        late.SetResult();

        (await run.EndAsync()).Text.ShouldBe("7");
    }

    [Fact]
    public async Task Execute_OneSaysNothingThatCounts_ItHasNoVote()
    {
        _bench.Upstream.On("a", Does.Say("42")).On("c", Does.Say("42")).On("b", Does.Say("It depends on what one means by that, and on much besides."));
        _bench.Ensemble = _bench.Ensemble with { Panel = [.. _bench.Ensemble.Panel.Select(member => member with { Weight = member.Model == "b" ? 3 : 1 })] };

        var outcome = await _bench.RunAsync();

        outcome.Manifest.Candidates.Select(candidate => candidate.Party).ShouldBe([0, null, 0]);
        outcome.Manifest.DecidingCluster.ShouldBe(0);
    }

    [Theory]
    [InlineData("It is 2.", 1)]
    [InlineData("4", null)]
    [InlineData("Nothing of the kind can be said, as all of them are wrong in a way of their own.", null)]
    public async Task Execute_TheJudgeWrites_SaysWithWhomItAgrees(string written, int? deciding)
    {
        _bench.Upstream.On("a", Does.Say("1")).On("b", Does.Say("2")).On("c", Does.Say("3")).On("judge", Does.Say(written));

        var outcome = await _bench.RunAsync();

        outcome.Text.ShouldBe(written);
        outcome.Manifest.DecidingCluster.ShouldBe(deciding);
    }

    [Fact]
    public async Task Execute_NoTwoAgree_TheJudgeWrites()
    {
        _bench.Upstream.On("a", Does.Say("1")).On("b", Does.Say("2")).On("c", Does.Say("3"));

        var outcome = await _bench.RunAsync();

        outcome.Text.ShouldBe("the judge's answer");
        outcome.Manifest.Decisions[0].ShouldBe(new DecisionManifest("vote", "undecided") { Reason = "no_two_equal" });
        outcome.Manifest.Agreement.ShouldBe(1d / 3);
    }

    [Fact]
    public async Task Execute_NoTwoAgreeAndNoJudge_TheHeaviestMemberMarked()
    {
        _bench.Ensemble = _bench.Ensemble with { Judge = null, Panel = [.. _bench.Ensemble.Panel.Select((member, index) => member with { Weight = index == 1 ? 2 : 1 })] };
        _bench.Upstream.On("a", Does.Say("1")).On("b", Does.Say("2")).On("c", Does.Say("3"));

        var outcome = await _bench.RunAsync();

        outcome.Text.ShouldBe("2");
        outcome.Manifest.Degraded.ShouldBe(["undecided"]);
    }

    [Fact]
    public async Task Execute_SchemaAskedFor_CountsOnlyAnswersThatHaveIt()
    {
        _bench.Upstream.On("a", Does.Say("""{"n":"x"}""")).On("b", Does.Say("""{"n":"x"}""")).On("c", Does.Say("""{"n":42}"""));

        var outcome = await _bench.RunAsync("""
            {"model":"panel","messages":[{"role":"user","content":"?"}],"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":
            {"type":"object","properties":{"n":{"type":"integer"}},"required":["n"],"additionalProperties":false}}}}
            """);

        outcome.Text.ShouldBe("""{"n":42}""");
    }

    [Fact]
    public async Task Execute_SamplesOfOneMember_AreVotesOfTheirOwn()
    {
        _bench.Ensemble = _bench.Ensemble with { Panel = [new PanelMemberConfig { Model = "a", Samples = 3, Seed = 7 }], MinResponses = 2 };
        _bench.Upstream.On("a", Does.Say("1"), Does.Say("2"), Does.Say("2"));

        var outcome = await _bench.RunAsync();

        outcome.Text.ShouldBe("2");
        outcome.Manifest.SubCalls.Select(subCall => subCall.Usage.Key.Sample).Order().ShouldBe([0, 1, 2]);
    }

    [Fact]
    public async Task Execute_SamplesInOneCall_AreTakenApart()
    {
        _bench.Adjust = model => model with { Params = model.Params with { N = true } };
        _bench.Ensemble = _bench.Ensemble with { Panel = [new PanelMemberConfig { Model = "a", Samples = 3 }], MinResponses = 2 };
        _bench.Upstream.On("a", Does.Choose("1", "2", "2"));

        var outcome = await _bench.RunAsync();

        outcome.Text.ShouldBe("2");
        _bench.Upstream.Sent("a")["n"]!.GetValue<int>().ShouldBe(3);
        outcome.Manifest.Candidates.Select(candidate => candidate.Sample).ShouldBe([0, 1, 2]);
        outcome.Manifest.SubCalls.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Execute_FewerChoicesThanAskedFor_TheRestIsMissing()
    {
        _bench.Adjust = model => model with { Params = model.Params with { N = true } };
        _bench.Ensemble = _bench.Ensemble with { Panel = [new PanelMemberConfig { Model = "a", Samples = 3 }], MinResponses = 2 };
        _bench.Upstream.On("a", Does.Choose("5"));

        var failed = (await _bench.RunAsync()).Events[^1].ShouldBeOfType<RunFailed>();

        failed.Failure.Kind.ShouldBe(RunFailureKind.PanelBelowQuorum);
        failed.Failure.Message.ShouldBe("2 of 3 answers needed, 1 arrived: 2 broke off.");
    }
}
