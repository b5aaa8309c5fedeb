using Ensemble.Catalog;
using Ensemble.Runs;
using Ensemble.Testing;
using Ensemble.Upstreams;
using Ensemble.Usage;

namespace Ensemble.Core.Tests.Runs;

public sealed class RunTests
{
    private readonly RunBench _bench = new();

    public RunTests() => Models.On("a", Does.Say("one")).On("b", Does.Say("two")).On("c", Does.Say("three"));

    private ScriptedUpstream Models => _bench.Upstream;

    [Fact]
    public async Task Execute_PanelAndJudge_GiveOneAnswerAndTheSumOfWhatTheyTook()
    {
        _bench.Adjust = model => model with { Price = new PriceConfig(1, 2) };

        var outcome = await _bench.RunAsync();

        outcome.Text.ShouldBe("the judge's answer");
        var completed = (RunCompleted)outcome.Events[^1];
        completed.Usage.Reported.ShouldBe(new(40, 20));
        completed.Usage.HasEstimates.ShouldBeFalse();
        completed.Usage.CostUsd.ShouldBe(80 / 1_000_000m);
        outcome.Manifest.Outcome.ShouldBe("completed");
        outcome.Manifest.Agreement!.Value.ShouldBe(1 / 3d, 1e-9);
        outcome.Events.Select(entry => entry.Sequence).ShouldBe(Enumerable.Range(1, outcome.Events.Count).Select(number => (long)number));
    }

    [Fact]
    public async Task Execute_AtItsEnd_GivesItsManifestToTheAccountsAfterItsSubCalls()
    {
        var running = _bench.Start(caller: "anna");
        var end = await running.SeeAsync<RunCompleted>();

        // Whoever reads the answer finds the run in the accounts.
        var ended = _bench.Ended.ShouldHaveSingleItem();
        (ended.Outcome, ended.Caller, ended.Usage).ShouldBe(("completed", "anna", end.Usage));
        ended.Total.ShouldNotBeNull();
        _bench.Usage.Count.ShouldBe(4);
        _bench.Usage.ShouldAllBe(usage => usage.Caller == "anna");
        await running.EndAsync();
    }

    [Fact]
    public async Task Execute_StreamedJudge_ShowsItsPiecesAsTheyCome()
    {
        var outcome = await _bench.RunAsync(RunBench.StreamedQuestion);

        outcome.Events.OfType<AnswerDelta>().Select(delta => delta.Text).ShouldBe(["the judge's ", "answer"]);
        Models.CallsOf("judge").Single().Streamed.ShouldBeTrue();
        Models.CallsOf("a").Single().Streamed.ShouldBeFalse();
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public async Task Execute_OneUsableAnswerIsEnough_IsJudgedOnlyWhereTheEnsembleSaysSo(bool always, int judged)
    {
        _bench.Ensemble = TestEnsembles.Of("panel", ["a", "b"], "judge", minResponses: 1) with { AlwaysJudge = always };
        Models.On("b", Does.Fail(CallOutcome.ServerError, 500));
        Models.On("a", Does.Finish("length", "just one"));

        var outcome = await _bench.RunAsync();

        Models.CallsOf("judge").Count.ShouldBe(judged);
        outcome.Text.ShouldBe(always ? "the judge's answer" : "just one");
        outcome.Answer!.FinishReason.ShouldBe(always ? "stop" : "length");
        outcome.Degraded.ShouldBeEmpty();
        outcome.Manifest.Agreement.ShouldBeNull();
    }

    [Fact]
    public async Task Execute_SecondIncarnation_AsksOnlyForWhatIsMissingInTheSameOrder()
    {
        var third = new TaskCompletionSource();
        _bench.Ensemble = _bench.Ensemble with { MinResponses = 3, OnJudgeFailure = OnJudgeFailure.Fail };
        Models.On("c", Does.After(third.Task, Does.Fail(CallOutcome.ServerError, 500)), Does.Say("three"));
        var first = _bench.Start();
        await Models.CalledAsync("c");
        third.SetResult();
        (await first.EndAsync()).Failure!.Kind.ShouldBe(RunFailureKind.PanelBelowQuorum);

        Models.On("judge", Does.Fail(CallOutcome.ServerError, 500), Does.Say("at last"));
        var second = await _bench.RunAsync(incarnation: 2);
        second.Failure!.Kind.ShouldBe(RunFailureKind.JudgeFailed);
        var last = await _bench.RunAsync(incarnation: 3);

        last.Text.ShouldBe("at last");
        (Models.CallsOf("a").Count, Models.CallsOf("b").Count, Models.CallsOf("c").Count).ShouldBe((1, 1, 2));
        last.Manifest.Judge!.Order.ShouldBe(second.Manifest.Judge!.Order);
        Models.CallsOf("judge")[1].Body.ShouldBe(Models.CallsOf("judge")[0].Body);
        last.Events.ShouldAllBe(entry => entry.Incarnation == 3);
        last.Manifest.SubCalls.Count(call => call.IsRemembered).ShouldBe(3);
        _bench.Usage.Count(entry => entry.Model == "a").ShouldBe(1);
        ((RunCompleted)last.Events[^1]).Usage.Reported.ShouldBe(new(40, 20));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Cancel_DuringThePanel_CancelsEveryCallAndEndsAsCancelled(int answered)
    {
        foreach (var member in new[] { "a", "b", "c" }.Skip(answered))
        {
            Models.On(member, Does.Hang());
        }

        var run = _bench.Start();
        await Models.CalledAsync("c");
        run.Run.Cancel();
        var outcome = await run.EndAsync();

        outcome.Failure!.Kind.ShouldBe(RunFailureKind.Cancelled);
        outcome.Text.ShouldBeEmpty();
        outcome.Degraded.ShouldBeEmpty();
        outcome.Manifest.Outcome.ShouldBe("cancelled");
        outcome.Manifest.Panel!.ClosedBecause.ShouldBe("cancelled");
        Models.CallsOf("judge").ShouldBeEmpty();
        _bench.Usage.Count(entry => entry.Outcome == CallOutcome.Cancelled).ShouldBe(3 - answered);
        _bench.Usage.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData(RunBench.Question)]
    [InlineData(RunBench.StreamedQuestion)]
    public async Task Cancel_DuringTheJudge_CancelsItAndGivesNoSecondBest(string question)
    {
        Models.On("judge", Does.Hang());

        var run = _bench.Start(question);
        await Models.CalledAsync("judge");
        run.Run.Cancel();
        var outcome = await run.EndAsync();

        outcome.Failure!.Kind.ShouldBe(RunFailureKind.Cancelled);
        outcome.Text.ShouldBeEmpty();
        outcome.Degraded.ShouldBeEmpty();
        Models.CallsOf("judge")[0].WasCancelled.ShouldBeTrue();
        var usage = _bench.Usage.Single(entry => entry.Role == SubCallRole.Judge);
        (usage.Outcome, usage.Source).ShouldBe((CallOutcome.Cancelled, UsageSource.Estimated));
        usage.PromptTokens!.Value.ShouldBeGreaterThan(_bench.Usage[0].PromptTokens!.Value);
    }

    [Fact]
    public async Task Cancel_InTheMiddleOfTheAnswer_EndsAsCancelled()
    {
        Models.On("judge", Does.Hang("Half an"));

        var run = _bench.Start(RunBench.StreamedQuestion);
        await run.SeeAsync<AnswerDelta>();
        run.Run.Cancel();
        var outcome = await run.EndAsync();

        (outcome.Text, outcome.Failure!.Kind).ShouldBe(("Half an", RunFailureKind.Cancelled));
        run.Run.Dispose();
        run.Run.Cancel();
    }

    [Fact]
    public async Task Execute_DialectThatThrows_IsAFailedCallThatOthersMakeUpFor()
    {
        Models.On("a", (_, _) => throw new NotSupportedException("broken dialect")).On("b", Does.Say("42")).On("c", Does.Say("42"));

        var outcome = await _bench.RunAsync();

        outcome.Text.ShouldBe("the judge's answer");
        outcome.Manifest.SubCalls.Single(call => call.Usage.Model == "a").Usage.Outcome.ShouldBe(CallOutcome.InvalidResponse);
    }

    [Fact]
    public async Task Execute_AllDialectsThrow_IsAFailedRunThatSaysNothingOfTheFault()
    {
        Models.On("a", Throw).On("b", Throw).On("c", Throw);

        var outcome = await _bench.RunAsync();

        outcome.Failure.ShouldNotBeNull().Message.ShouldNotContain("broken dialect");

        static Task<UpstreamResult> Throw(UpstreamRequest request, CancellationToken cancellationToken) => throw new NotSupportedException("broken dialect");
    }

    [Fact]
    public async Task Execute_AccountsThatThrow_LeaveNoReaderWaiting()
    {
        _bench.Fault = new NotSupportedException("broken accounts");

        var run = _bench.Start();
        var last = await run.SeeAsync<RunFailed>().WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        await run.Execution;

        last.Failure.Kind.ShouldBe(RunFailureKind.InternalError);
        last.Failure.Message.ShouldNotContain("broken accounts");
    }

    [Fact]
    public async Task Manifest_OfARunInFlight_SaysSo()
    {
        Models.On("c", Does.Hang());

        var run = _bench.Start();
        await Models.CalledAsync("c");
        run.Run.Manifest().Outcome.ShouldBe("running");
        run.Run.Manifest().Total.ShouldBeNull();
        run.Run.Cancel();
        await run.EndAsync();
    }

    [Fact]
    public void Create_UnknownAlias_IsRefused() =>
        Should.Throw<KeyNotFoundException>(() => _bench.Start("""{"model":"nobody","messages":[{"role":"user","content":"?"}]}"""));
}
