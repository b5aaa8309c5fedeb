using Ensemble.Chat;
using Ensemble.Core.Tests.Runs;
using Ensemble.Gates;
using Ensemble.Runs;
using Ensemble.Testing;
using Ensemble.Upstreams;

namespace Ensemble.Core.Tests.Panels;

public sealed class PanelFailureTests
{
    private readonly RunBench _bench = new();

    private ScriptedUpstream Models => _bench.Upstream;

    [Fact]
    public async Task Explain_BlankAnswer_IsNoAnswer()
    {
        Models.On("a", Does.Say(" \n")).On("b", Does.Say("")).On("c", Does.Say("text"));

        var outcome = await _bench.RunAsync();

        outcome.Failure!.Kind.ShouldBe(RunFailureKind.PanelBelowQuorum);
        outcome.Failure.Message.ShouldStartWith("2 of 3 answers needed, 0 arrived: 2 answered nothing");
    }

    [Fact]
    public async Task Explain_CutAnswerWithContent_IsUsable()
    {
        Models.On("a", Does.Finish("length", "The first half")).On("b", Does.Say("two")).On("c", Does.Say("three"));

        (await _bench.RunAsync()).Manifest.Panel!.Usable.ShouldBe(3);
    }

    [Fact]
    public async Task Explain_BlankAtLengthMissesQuorum_AsksForMoreTokens()
    {
        Models.On("a", Does.Finish("length")).On("b", Does.Finish("length", " ")).On("c", Does.Say("three"));

        var failure = (await _bench.RunAsync()).Failure!;

        failure.Kind.ShouldBe(RunFailureKind.MaxTokensTooSmall);
        failure.Message.ShouldContain("max_completion_tokens");
    }

    [Fact]
    public async Task Explain_AsManyRefusalsAsNeeded_AreTheAnswer()
    {
        Models.On("a", Does.Refuse("I will not.")).On("b", Does.Refuse("Nor I.")).On("c", Does.Hang());

        var outcome = await _bench.RunAsync();

        outcome.Answer.ShouldBe(new RunAnswer("stop") { Refusal = "I will not." });
        outcome.Text.ShouldBeEmpty();
    }

    [Fact]
    public async Task Explain_AsManyFilteredAsNeeded_EndAsFiltered()
    {
        Models.On("a", Does.Filter()).On("b", Does.Filter()).On("c", Does.Hang());

        (await _bench.RunAsync()).Answer.ShouldBe(new RunAnswer("content_filter"));
    }

    [Fact]
    public async Task Explain_RefusalsBesideAQuorum_ChangeNothing()
    {
        _bench.Ensemble = TestEnsembles.Of("panel", ["a", "b", "c", "d"], "judge");
        Models.On("a", Does.Refuse("No.")).On("b", Does.Refuse("No.")).On("c", Does.Say("yes")).On("d", Does.Say("yes"));

        var outcome = await _bench.RunAsync();

        outcome.Text.ShouldBe("the judge's answer");
        outcome.Answer!.Refusal.ShouldBeNull();
    }

    [Fact]
    public async Task Explain_RejectionsThatAloneMissQuorum_AreTheRequestsFaultWithoutNames()
    {
        const string Words = "This model's (b-2025, served by OpenAI at https://models.test/v1/chat) maximum context length is 8192 tokens.";
        Models.On("a", Does.Reject(Words, "context_length_exceeded", "messages")).On("b", Does.Reject(Words, "context_length_exceeded", "messages")).On("c", Does.Hang());

        var failure = (await _bench.RunAsync()).Failure!;

        failure.Kind.ShouldBe(RunFailureKind.RequestRejected);
        (failure.Code, failure.Param).ShouldBe(("context_length_exceeded", "messages"));
        failure.Message.ShouldContain("maximum context length is 8192 tokens");
        failure.Message.ShouldNotContain("b-2025");
        failure.Message.ShouldNotContain("OpenAI");
        failure.Message.ShouldNotContain("models.test");
    }

    [Fact]
    public async Task Explain_OneRejectionAmongOtherFailures_IsNotTheRequestsFault()
    {
        Models.On("a", Does.Reject("Bad.")).On("b", Does.Fail(CallOutcome.ServerError, 503)).On("c", Does.Say("fine"));

        var failure = (await _bench.RunAsync()).Failure!;

        failure.Kind.ShouldBe(RunFailureKind.PanelBelowQuorum);
        failure.Message.ShouldStartWith("2 of 3 answers needed, 0 arrived: 1 refused the request, 1 failed (5xx)");
        failure.IsPermanent.ShouldBeFalse();
    }

    [Fact]
    public async Task Explain_AllMissingAreLimited_SaysTheSoonestTime()
    {
        _bench.Ensemble = TestEnsembles.Of("panel", ["a", "b"], "judge", minResponses: 1);
        Models.On("a", Does.RateLimit(TimeSpan.FromSeconds(30))).On("b", Does.RateLimit(TimeSpan.FromSeconds(7)));

        var failure = (await _bench.RunAsync()).Failure!;

        failure.Kind.ShouldBe(RunFailureKind.PanelRateLimited);
        failure.RetryAfter.ShouldBe(TimeSpan.FromSeconds(7));
    }

    [Fact]
    public async Task Explain_LimitedAndFailed_IsBelowQuorum()
    {
        _bench.Ensemble = TestEnsembles.Of("panel", ["a", "b"], "judge", minResponses: 1);
        Models.On("a", Does.RateLimit(TimeSpan.FromSeconds(30))).On("b", Does.Fail(CallOutcome.ServerError, 500));

        (await _bench.RunAsync()).Failure!.Message.ShouldBe("1 of 2 answers needed, 0 arrived: 1 rate limited, 1 failed (5xx).");
    }

    [Fact]
    public async Task Explain_NobodyCarriesAPart_IsUnsupportedThoughTheLastWasNotAsked()
    {
        Models.Unsupported.Add(ContentPartKind.Audio);
        Models.On("a", Does.Say("x")).On("b", Does.Say("x")).On("c", Does.Say("x"));

        var failure = (await _bench.RunAsync(
            """{"model":"panel","messages":[{"role":"user","content":[{"type":"text","text":"Hear:"},{"type":"input_audio","input_audio":{"data":"AA==","format":"wav"}}]}]}""")).Failure!;

        failure.Kind.ShouldBe(RunFailureKind.UnsupportedContent);
        failure.Param.ShouldBe("messages[0].content[1]");
        Models.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task Explain_OnlyKeysOrNamesAreWrong_IsLasting()
    {
        Models.On("a", Does.Fail(CallOutcome.AuthenticationFailed, 401)).On("b", Does.Fail(CallOutcome.NotFound, 404)).On("c", Does.Hang());

        var failure = (await _bench.RunAsync()).Failure!;

        failure.IsPermanent.ShouldBeTrue();
        failure.Message.ShouldContain("2 misconfigured");
    }

    [Fact]
    public async Task Ask_TooManyMembersAtTheirLimits_PaysNobody()
    {
        _bench.Gate.Close("a", retryAfter: TimeSpan.FromSeconds(40)).Close("b", GateLimit.Cooldown, TimeSpan.FromSeconds(7));

        var outcome = await _bench.RunAsync();

        var failure = outcome.Failure!;
        (failure.Kind, failure.RetryAfter).ShouldBe((RunFailureKind.PanelRateLimited, TimeSpan.FromSeconds(7)));
        Models.Calls.ShouldBeEmpty();
        _bench.Gate.Released.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            entry => entry.Lease.Gate.ShouldBe(GateKey.Model("c")),
            entry => entry.Release.ShouldBe(GateRelease.Unused));
        _bench.Usage.Select(usage => (usage.Model, usage.Outcome, usage.Attempts)).ShouldBe(
            [("a", CallOutcome.GateRefused, 0), ("b", CallOutcome.GateRefused, 0)]);
        outcome.Manifest.Panel!.ClosedBecause.ShouldBe("quorum_out_of_reach");
        outcome.Manifest.SubCalls[1].Error.ShouldBe("left alone for a while after failures (cooldown)");
    }

    [Fact]
    public async Task Ask_OneMemberAtItsLimit_GoesOnWithTheOthersAtOnce()
    {
        _bench.Gate.Close("a");
        Models.On("b", Does.Say("42"));
        Models.On("c", Does.Say("42"));

        var outcome = await _bench.RunAsync();

        outcome.Text.ShouldBe("the judge's answer");
        Models.CallsOf("a").ShouldBeEmpty();
        outcome.Manifest.Panel!.ClosedBecause.ShouldBe("all_answered");
    }

    [Fact]
    public async Task Ask_MembersLeftAloneByTheirOperatorsFault_IsNoLimitOfTheCaller()
    {
        _bench.Gate.Close("a", GateLimit.OperatorFault, TimeSpan.FromSeconds(30)).Close("b", GateLimit.OperatorFault, TimeSpan.FromSeconds(30));

        var failure = (await _bench.RunAsync()).Failure!;

        failure.Kind.ShouldBe(RunFailureKind.PanelBelowQuorum);
        failure.Message.ShouldBe("2 of 3 answers needed, 0 arrived: 2 misconfigured, 1 not waited for.");
    }

    [Fact]
    public async Task Ask_MemberThatAnEarlierIncarnationHas_AsksItsGateForNothing()
    {
        Models.On("a", Does.Say("42"));
        Models.On("b", Does.Say("42"));
        Models.On("c", Does.Say("42"));
        Models.On("judge", Does.Fail(CallOutcome.ServerError, 500), Does.Say("yes"));
        await _bench.RunAsync();
        var asked = _bench.Gate.Requests.Count;

        await _bench.RunAsync(incarnation: 2);

        _bench.Gate.Acquired.Skip(asked).ShouldBe(["model:judge"]);
    }

    [Fact]
    public async Task Ask_HoldersOfTheLeases_AreTheSubCalls()
    {
        Models.On("a", Does.Say("42"));
        Models.On("b", Does.Say("42"));
        Models.On("c", Does.Say("42"));

        await _bench.RunAsync();

        _bench.Gate.Requests.Select(request => request.Holder!.Key).ShouldBe(
            [
                new SubCallKey(SubCallStep.Candidate, 0, 0), new SubCallKey(SubCallStep.Candidate, 1, 0),
                new SubCallKey(SubCallStep.Candidate, 2, 0), new SubCallKey(SubCallStep.Synthesis, 0, 0),
            ]);
        _bench.Gate.Requests.ShouldAllBe(request => request.Holder!.Run == RunBench.Id && request.Holder.Ensemble == "panel");
        _bench.Gate.Released.Count.ShouldBe(4);
    }
}
