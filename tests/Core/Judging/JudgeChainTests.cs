using Ensemble.Catalog;
using Ensemble.Core.Tests.Runs;
using Ensemble.Gates;
using Ensemble.Runs;
using Ensemble.Testing;
using Ensemble.Upstreams;

namespace Ensemble.Core.Tests.Judging;

public sealed class JudgeChainTests
{
    private const string SchemaQuestion =
        """
        {"model":"panel","messages":[{"role":"user","content":"?"}],
         "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object","required":["a"]}}}}
        """;

    private readonly RunBench _bench = new(TestEnsembles.Of("panel", ["a", "b"], "judge", fallbacks: ["second"]));

    public JudgeChainTests() => Models
        .On("a", Does.Say("The answer is forty-two."))
        .On("b", Does.Say("42"))
        .On("second", Does.Say("from the second judge"));

    private ScriptedUpstream Models => _bench.Upstream;

    [Fact]
    public async Task Ask_Judge_GetsTheRequestsFieldsButThoseThatAreNotForIt()
    {
        await _bench.RunAsync(
            """
            {"model":"panel","temperature":1.5,"seed":4,"top_p":0.3,"presence_penalty":1,"frequency_penalty":1,"store":true,"metadata":{"a":"b"},
             "service_tier":"flex","n":1,"max_tokens":50,"max_completion_tokens":60,"stop":["x"],"response_format":{"type":"text"},
             "reasoning_effort":"low","verbosity":"low","user":"u","safety_identifier":"s","x_unknown":[1.0],"tools":[],
             "messages":[{"role":"user","content":[{"type":"text","text":"See"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}]}
            """);

        var sent = Models.Sent("judge").AsObject();
        sent.Select(field => field.Key).ShouldBe(
        [
            "model", "temperature", "max_tokens", "max_completion_tokens", "stop", "response_format", "reasoning_effort", "verbosity", "user",
            "safety_identifier", "x_unknown", "messages",
        ]);
        ((double)sent["temperature"]!).ShouldBe(0.2);
        ((string?)sent["messages"]![0]!["content"]![1]!["image_url"]!["url"]).ShouldBe("data:image/png;base64,AAAA");
        var prompt = (string)sent["messages"]![1]!["content"]!;
        prompt.ShouldContain("The answer is forty-two.");
        prompt.ShouldNotContain("2025");
    }

    [Fact]
    public async Task Ask_JudgeWithoutTemperature_IsSentNone()
    {
        _bench.Ensemble = _bench.Ensemble with { Judge = _bench.Ensemble.Judge! with { Temperature = null } };

        await _bench.RunAsync("""{"model":"panel","temperature":1.5,"messages":[{"role":"user","content":"?"}]}""");

        Models.Sent("judge")["temperature"].ShouldBeNull();
    }

    [Fact]
    public async Task Ask_CustomPrompt_IsTheWholeQuestion()
    {
        _bench.Ensemble = _bench.Ensemble with { Judge = _bench.Ensemble.Judge! with { SynthesisPrompt = "R:{original_request} C:{labeled_candidates}" } };

        var outcome = await _bench.RunAsync();

        Models.Sent("judge")["messages"]!.AsArray().Count.ShouldBe(1);
        outcome.Manifest.Judge!.PromptVersion.ShouldBe("custom");
    }

    public static TheoryData<string, bool> FailuresBeforeAByte()
    {
        var data = new TheoryData<string, bool>();
        foreach (var name in new[] { "dead", "blank", "white", "refused", "filtered", "incomplete", "limited", "rejected" })
        {
            data.Add(name, true);
            data.Add(name, false);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(FailuresBeforeAByte))]
    public async Task Ask_JudgeFailsBeforeAByteIsShown_TheNextOneAnswersAlone(string failure, bool streamed)
    {
        Models.On("judge", failure switch
        {
            "dead" => Does.Break(CallOutcome.TransportError),
            "blank" => Does.Say(),
            "white" => Does.Say("\n\n", "  "),
            "refused" => Does.Refuse("I will not judge."),
            "filtered" => Does.Filter(),
            "incomplete" => Does.Break(CallOutcome.Incomplete, "\n"),
            "limited" => Does.RateLimit(TimeSpan.FromSeconds(5)),
            _ => Does.Reject("Too long."),
        });

        var outcome = await _bench.RunAsync(streamed ? RunBench.StreamedQuestion : RunBench.Question);

        outcome.Text.ShouldBe("from the second judge");
        outcome.Answer!.FinishReason.ShouldBe("stop");
        outcome.Degraded.ShouldBeEmpty();
        _bench.Usage.Count(entry => entry.Role == SubCallRole.Judge).ShouldBe(2);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public async Task Ask_JudgeStallsBeforeItsFirstWord_TheNextOneAnswers(string shown)
    {
        Models.On("judge", shown.Length == 0 ? Does.Hang() : Does.Hang(shown));

        var run = _bench.Start(RunBench.StreamedQuestion);
        await Models.CalledAsync("judge");
        await _bench.Time.WaitForTimerAsync(TimeSpan.FromSeconds(shown.Length == 0 ? 60 : 30), TestContext.Current.CancellationToken);
        _bench.Time.Advance(TimeSpan.FromSeconds(60));
        var outcome = await run.EndAsync();

        outcome.Text.ShouldBe("from the second judge");
        _bench.Usage.First(entry => entry.Role == SubCallRole.Judge).Outcome.ShouldBe(shown.Length == 0 ? CallOutcome.TimedOut : CallOutcome.Stalled);
    }

    [Fact]
    public async Task Ask_JudgeStallsAfterAByteWasShown_EndsTheAnswerAndNobodyElseSpeaks()
    {
        Models.On("judge", Does.Hang("Half an"));

        var run = _bench.Start(RunBench.StreamedQuestion);
        (await run.SeeAsync<AnswerDelta>()).Text.ShouldBe("Half an");
        await _bench.Time.WaitForTimerAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        _bench.Time.Advance(TimeSpan.FromSeconds(30));
        var outcome = await run.EndAsync();

        outcome.Text.ShouldBe("Half an");
        outcome.Failure!.Kind.ShouldBe(RunFailureKind.JudgeTimeout);
        Models.CallsOf("second").ShouldBeEmpty();
    }

    [Theory]
    [InlineData(CallOutcome.TransportError)]
    [InlineData(CallOutcome.Incomplete)]
    [InlineData(CallOutcome.ServerError)]
    public async Task Ask_JudgeBreaksAfterAByteWasShown_EndsTheAnswerAndNobodyElseSpeaks(CallOutcome outcome)
    {
        Models.On("judge", Does.Break(outcome, "Half an"));

        var ended = await _bench.RunAsync(RunBench.StreamedQuestion);

        ended.Text.ShouldBe("Half an");
        ended.Failure!.Kind.ShouldBe(RunFailureKind.JudgeFailed);
        ended.Degraded.ShouldBeEmpty();
        Models.CallsOf("second").ShouldBeEmpty();
    }

    [Fact]
    public async Task Ask_FilterAfterAByteWasShown_EndsAsFiltered()
    {
        Models.On("judge", Does.Filter("Half an"));

        (await _bench.RunAsync(RunBench.StreamedQuestion)).Answer!.FinishReason.ShouldBe("content_filter");
    }

    [Fact]
    public async Task Ask_AttemptThatBroughtWhiteSpace_LeavesNothingToTheNextAttempt()
    {
        var bench = new RunBench(_bench.Ensemble, retries: 1);
        bench.Upstream.On("a", Does.Say("one")).On("b", Does.Say("two"))
            .On("judge", Does.Break(CallOutcome.TransportError, "\n\n"), Does.Say(" ", "answer"));

        var run = bench.Start(RunBench.StreamedQuestion);
        var delay = await bench.Time.WaitForTimerAsync(TimeSpan.FromTicks(1), TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        bench.Time.Advance(delay);

        (await run.EndAsync()).Text.ShouldBe(" answer");
    }

    [Fact]
    public async Task Ask_AnswerBreaksTheSchema_TheNextJudgeIsAsked()
    {
        Models.On("judge", Does.Say("{\"b\":1}")).On("second", Does.Say("{\"a\":2}"));

        var outcome = await _bench.RunAsync(SchemaQuestion);

        outcome.Text.ShouldBe("{\"a\":2}");
        outcome.Manifest.Judge!.SchemaValid.ShouldBe(true);
    }

    [Fact]
    public async Task Ask_NoJudgeKeepsTheSchema_TheBestValidCandidateIsGiven()
    {
        Models.On("a", Does.Say("no json")).On("b", Does.Say("{\"a\":3}")).On("judge", Does.Say("{\"b\":1}")).On("second", Does.Say("nor this"));

        var outcome = await _bench.RunAsync(SchemaQuestion);

        outcome.Text.ShouldBe("{\"a\":3}");
        outcome.Degraded.ShouldBe(["judge_failed"]);
    }

    [Fact]
    public async Task Ask_NobodyKeepsTheSchema_TheRunFails()
    {
        Models.On("judge", Does.Say("{\"b\":1}")).On("second", Does.Say("nor this"));

        var outcome = await _bench.RunAsync(SchemaQuestion);

        outcome.Failure!.Kind.ShouldBe(RunFailureKind.JudgeFailed);
        outcome.Text.ShouldBeEmpty();
    }

    [Fact]
    public async Task Ask_StreamBreaksTheSchema_FailsAtItsEnd()
    {
        Models.On("judge", Does.Say("{\"b\"", ":1}"));

        var outcome = await _bench.RunAsync(SchemaQuestion.Replace("\"model\"", "\"stream\":true,\"model\"", StringComparison.Ordinal));

        outcome.Text.ShouldBe("{\"b\":1}");
        outcome.Manifest.Judge!.SchemaValid.ShouldBe(false);
        outcome.Failure!.Message.ShouldBe("The judge's answer is not in the format that the request asks for.");
        Models.CallsOf("second").ShouldBeEmpty();
    }

    [Fact]
    public async Task Ask_JsonBehindManyByteOrderMarks_IsShownAfterBoundedWork()
    {
        var allocated = long.MaxValue;
        Models.On("judge", (request, cancellationToken) =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var index = 0; index < 20_000; index++)
            {
                request.Sink!.OnContent("\uFEFF");
            }

            request.Sink!.OnContent("{\"a\":2}");
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            return Task.FromResult(new UpstreamResult { Outcome = CallOutcome.Ok, Answer = new ChatAnswer("{\"a\":2}", "stop"), Usage = Does.Used });
        });

        var outcome = await _bench.RunAsync(SchemaQuestion.Replace("\"model\"", "\"stream\":true,\"model\"", StringComparison.Ordinal));

        outcome.Text.TrimStart('\uFEFF').ShouldBe("{\"a\":2}");

        // Each mark copied with all before it is 400 MB.
        allocated.ShouldBeLessThan(4 * 1024 * 1024);
    }

    [Fact]
    public async Task Ask_StreamIsCutBeforeItKeepsTheSchema_EndsAsCut()
    {
        Models.On("judge", Does.Finish("length", "{\"a\"", ":"));

        var outcome = await _bench.RunAsync(SchemaQuestion.Replace("\"model\"", "\"stream\":true,\"model\"", StringComparison.Ordinal));

        (outcome.Text, outcome.Answer!.FinishReason).ShouldBe(("{\"a\":", "length"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ask_AllJudgesFail_TheBestCandidateIsGivenAndMarkedBefore(bool streamed)
    {
        _bench.Ensemble = TestEnsembles.Of("panel", ["a", "b", "c"], "judge", minResponses: 3, fallbacks: ["second"]);
        Models.On("c", Does.Say("The answer is forty-two!")).On("judge", Does.Fail(CallOutcome.ServerError, 500)).On("second", Does.Say(""));

        var outcome = await _bench.RunAsync(streamed ? RunBench.StreamedQuestion : RunBench.Question);

        outcome.Text.ShouldBe("The answer is forty-two.");
        outcome.Degraded.ShouldBe(["judge_failed"]);
        outcome.Manifest.Degraded.ShouldBe(["judge_failed"]);
        outcome.Events.Select(entry => entry.GetType().Name).ShouldBe([nameof(PanelClosed), nameof(AnswerDegraded), nameof(AnswerDelta), nameof(RunCompleted)]);
    }

    [Theory]
    [InlineData(CallOutcome.ServerError, RunFailureKind.JudgeFailed)]
    [InlineData(CallOutcome.RateLimited, RunFailureKind.PanelRateLimited)]
    public async Task Ask_AllJudgesFailAndNoDegradedAnswerIsAllowed_TheRunFails(CallOutcome outcome, RunFailureKind expected)
    {
        _bench.Ensemble = _bench.Ensemble with { OnJudgeFailure = OnJudgeFailure.Fail };
        Models.On("judge", Does.Fail(outcome, 429, retryAfter: TimeSpan.FromSeconds(9))).On("second", Does.Fail(outcome, 429, retryAfter: TimeSpan.FromSeconds(3)));

        var ended = await _bench.RunAsync();

        ended.Failure!.Kind.ShouldBe(expected);
        ended.Failure.RetryAfter.ShouldBe(expected == RunFailureKind.PanelRateLimited ? TimeSpan.FromSeconds(3) : null);
        ended.Text.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(OnJudgeFailure.BestCandidate)]
    [InlineData(OnJudgeFailure.Fail)]
    public async Task Ask_DeadlineDuringTheJudge_GivesTheBestCandidateOrFails(OnJudgeFailure onFailure)
    {
        _bench.Ensemble = _bench.Ensemble with { Deadline = TimeSpan.FromSeconds(25), OnJudgeFailure = onFailure };
        Models.On("judge", Does.Hang());

        var run = _bench.Start();
        await Models.CalledAsync("judge");
        _bench.Time.Advance(TimeSpan.FromSeconds(25));
        var outcome = await run.EndAsync();

        Models.CallsOf("second").ShouldBeEmpty();
        Models.CallsOf("judge")[0].WasCancelled.ShouldBeTrue();
        if (onFailure == OnJudgeFailure.Fail)
        {
            outcome.Failure!.Kind.ShouldBe(RunFailureKind.DeadlineExceeded);
            return;
        }

        outcome.Text.ShouldBe("The answer is forty-two.");
        outcome.Degraded.ShouldBe(["deadline"]);
    }

    [Fact]
    public async Task Ask_AnswerThatNeverEnds_IsCutByTheLongestAnswer()
    {
        _bench.Ensemble = _bench.Ensemble with { MaxAnswer = TimeSpan.FromSeconds(20), Deadline = TimeSpan.FromSeconds(10) };
        Models.On("judge", Does.Hang("On and on"));

        var run = _bench.Start(RunBench.StreamedQuestion);
        await run.SeeAsync<AnswerDelta>();
        await _bench.Time.WaitForTimerAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        _bench.Time.Advance(TimeSpan.FromSeconds(20));
        var outcome = await run.EndAsync();

        outcome.Failure!.Kind.ShouldBe(RunFailureKind.DeadlineExceeded);
        outcome.Manifest.Total.ShouldBe(TimeSpan.FromSeconds(20));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ask_AnswerLargerThanARunMayHold_EndsAsTooLarge(bool streamed)
    {
        Models.On("judge", Does.Say("begin ", new string('x', (int)RunJournal.MaxAnswerSize)));

        (await _bench.RunAsync(streamed ? RunBench.StreamedQuestion : RunBench.Question)).Failure!.Kind.ShouldBe(RunFailureKind.AnswerTooLarge);
    }

    [Fact]
    public async Task Ask_LabelsInTheManifest_AreTheOrderInThePrompt()
    {
        var outcome = await _bench.RunAsync();

        var prompt = (string)Models.Sent("judge")["messages"]!.AsArray()[^1]!["content"]!;
        string[] texts = ["The answer is forty-two.", "42"];
        var positions = outcome.Manifest.Judge!.Order.Select(shown => prompt.IndexOf($">>>\n{texts[shown.Member]}\n<<<end candidate {shown.Label}", StringComparison.Ordinal)).ToArray();
        positions.ShouldAllBe(position => position > 0);
        positions.ShouldBeInOrder();
    }

    [Theory]
    [InlineData(GateLimit.Cooldown, 20, true)]
    [InlineData(GateLimit.Rpm, 200, true)]
    [InlineData(GateLimit.Tpm, null, true)]
    [InlineData(GateLimit.Rpm, 20, false)]
    public async Task OutOfReach_EveryJudgeIsLimited_PaysNoPanelUnlessOneIsFreeInTime(GateLimit limit, int? seconds, bool refused)
    {
        _bench.Ensemble = _bench.Ensemble with { OnJudgeFailure = OnJudgeFailure.Fail };
        TimeSpan? wait = seconds is { } number ? TimeSpan.FromSeconds(number) : null;
        _bench.Gate.Close("judge", limit, wait).Close("second", limit, wait + TimeSpan.FromSeconds(3));

        var outcome = await _bench.RunAsync();

        (outcome.Failure!.Kind, outcome.Failure.RetryAfter).ShouldBe((RunFailureKind.PanelRateLimited, wait));
        outcome.Failure.Message.ShouldBe(limit == GateLimit.Cooldown
            ? "The judge of this ensemble is left alone for a while after failures (cooldown)."
            : "The judge of this ensemble is at its limit.");
        (Models.Calls.Count == 0).ShouldBe(refused);
    }

    [Fact]
    public async Task OutOfReach_OneJudgeIsFree_AsksThePanelAndThatOne()
    {
        _bench.Ensemble = _bench.Ensemble with { OnJudgeFailure = OnJudgeFailure.Fail };
        _bench.Gate.Close("judge", GateLimit.Cooldown, TimeSpan.FromSeconds(20));
        Models.On("second", Does.Say("the second's answer"));

        (await _bench.RunAsync()).Text.ShouldBe("the second's answer");

        Models.CallsOf("judge").ShouldBeEmpty();
    }

    [Fact]
    public async Task OutOfReach_JudgesRefuseTheirOperator_IsNoLimit()
    {
        _bench.Ensemble = _bench.Ensemble with { OnJudgeFailure = OnJudgeFailure.Fail };
        _bench.Gate.Close("judge", GateLimit.OperatorFault, TimeSpan.FromSeconds(9)).Close("second", GateLimit.OperatorFault, TimeSpan.FromSeconds(9));

        (await _bench.RunAsync()).Failure!.Kind.ShouldBe(RunFailureKind.JudgeFailed);

        Models.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task OutOfReach_BestCandidateIsAllowed_IsNotAskedBeforehand()
    {
        _bench.Gate.Close("judge", GateLimit.Cooldown, TimeSpan.FromSeconds(20)).Close("second", GateLimit.Cooldown, TimeSpan.FromSeconds(20));

        var outcome = await _bench.RunAsync();

        outcome.Text.ShouldBe("The answer is forty-two.");
        outcome.Degraded.ShouldBe(["judge_failed"]);
    }
}
