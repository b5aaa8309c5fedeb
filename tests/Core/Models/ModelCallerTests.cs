using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Core.Tests.Runs;
using Ensemble.Core.Tests.Upstreams.OpenAi;
using Ensemble.Gates;
using Ensemble.Models;
using Ensemble.Testing;
using Ensemble.Upstreams;
using Ensemble.Usage;

namespace Ensemble.Core.Tests.Models;

public sealed class ModelCallerTests
{
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(20);

    private static readonly GateHolder Holder = new(RunBench.Id, 1, "panel", SubCallRole.Panel, new SubCallKey(SubCallStep.Candidate, 0, 0));

    private readonly ScriptedUpstream _upstream = new();
    private readonly ScriptedGate _gate = new();
    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData(CallOutcome.ServerError, 408)]
    [InlineData(CallOutcome.ServerError, 409)]
    [InlineData(CallOutcome.ServerError, 500)]
    [InlineData(CallOutcome.RateLimited, 429)]
    [InlineData(CallOutcome.TransportError, null)]
    public async Task Call_FailureThatMayPass_IsAskedAgainAfterJitter(CallOutcome outcome, int? status)
    {
        _upstream.On("m", Does.Fail(outcome, status), Does.Fail(outcome, status), Does.Say("yes"));

        var call = Start(retries: 2);
        await BackOffAsync();
        await BackOffAsync();
        var result = await call;

        (result.Outcome, result.Attempts, result.Answer!.Content).ShouldBe((CallOutcome.Ok, 3, "yes"));
        _gate.Acquired.ShouldBe(["model:m", "model:m", "model:m"]);
        _gate.Released.Select(entry => entry.Release.Outcome).ShouldBe([outcome, outcome, CallOutcome.Ok]);
        _gate.Released.Select(entry => entry.Lease.Id).ShouldBe(_gate.Requests.Select(request => request.Lease));
        _gate.Requests.Select(request => request.Lease).ShouldBeUnique();
        _gate.Released[2].Release.Tokens.ShouldBe(15);
    }

    [Theory]
    [InlineData(CallOutcome.RequestRejected, 400, null)]
    [InlineData(CallOutcome.AuthenticationFailed, 401, null)]
    [InlineData(CallOutcome.NotFound, 404, null)]
    [InlineData(CallOutcome.InvalidResponse, null, null)]
    [InlineData(CallOutcome.Incomplete, null, null)]
    [InlineData(CallOutcome.RateLimited, 429, "insufficient_quota")]
    public async Task Call_FailureThatDoesNotPass_IsAskedOnce(CallOutcome outcome, int? status, string? code)
    {
        _upstream.On("m", Does.Fail(outcome, status, code: code), Does.Say("never"));

        var result = await Start(retries: 2);

        (result.Outcome, result.Attempts).ShouldBe((outcome, 1));
    }

    [Fact]
    public async Task Call_AttemptsUsedUp_ReturnsTheLastFailure()
    {
        _upstream.On("m", Does.Fail(CallOutcome.ServerError, 500, "first"), Does.Fail(CallOutcome.ServerError, 502, "last"));

        var call = Start(retries: 1);
        await BackOffAsync();
        var result = await call;

        (result.Outcome, result.Attempts, result.Error!.Message).ShouldBe((CallOutcome.ServerError, 2, "last"));
    }

    [Fact]
    public async Task Call_SameSeed_WaitsTheSameTimes()
    {
        var first = await DelaysAsync();
        var second = await DelaysAsync();

        second.ShouldBe(first);
        first.ShouldAllBe(delay => delay > TimeSpan.Zero && delay <= LongestBackOff);

        async Task<TimeSpan[]> DelaysAsync()
        {
            _upstream.On("m", Does.Fail(CallOutcome.ServerError, 500));
            var call = Start(retries: 3);
            TimeSpan[] delays = [await BackOffAsync(), await BackOffAsync(), await BackOffAsync()];
            await call;
            return delays;
        }
    }

    [Fact]
    public async Task Call_RetryAfter_IsWaitedForToTheMoment()
    {
        _upstream.On("m", Does.RateLimit(TimeSpan.FromSeconds(17)), Does.Say("yes"));

        var call = Start(retries: 1);
        await _time.WaitForTimerAsync(TimeSpan.FromSeconds(17), TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(17) - TimeSpan.FromTicks(1));
        _upstream.Calls.Count.ShouldBe(1);
        _time.Advance(TimeSpan.FromTicks(1));

        (await call).Total.ShouldBe(TimeSpan.FromSeconds(17));
    }

    [Theory]
    [InlineData(59, 2)]
    [InlineData(60, 1)]
    [InlineData(3600, 1)]
    public async Task Call_RetryAfterBeyondTheTimeOut_IsNotWaitedFor(int seconds, int attempts)
    {
        _upstream.On("m", Does.RateLimit(TimeSpan.FromSeconds(seconds)), Does.Say("yes"));

        var call = Start(retries: 1);
        if (attempts == 2)
        {
            await _time.WaitForTimerAsync(TimeSpan.FromSeconds(seconds), TestContext.Current.CancellationToken);
            _time.Advance(TimeSpan.FromSeconds(seconds));
        }

        var result = await call;
        result.Attempts.ShouldBe(attempts);
        result.RetryAfter.ShouldBe(attempts == 1 ? TimeSpan.FromSeconds(seconds) : null);
    }

    [Fact]
    public async Task Call_ShownByteThenBroken_IsNotRepeated()
    {
        _upstream.On("m", Does.Break(CallOutcome.TransportError, "Half an ans"), Does.Say("never"));
        var sink = new RecordingSink();

        var result = await Start(retries: 2, sink: sink);

        (result.Outcome, result.Attempts, sink.Text).ShouldBe((CallOutcome.TransportError, 1, "Half an ans"));
    }

    [Fact]
    public async Task Call_BrokenBeforeTheFirstByte_IsRepeated()
    {
        _upstream.On("m", Does.Break(CallOutcome.TransportError), Does.Say("whole"));
        var sink = new RecordingSink();

        var call = Start(retries: 2, sink: sink);
        await BackOffAsync();

        (await call).Attempts.ShouldBe(2);
        sink.Text.ShouldBe("whole");
    }

    [Fact]
    public async Task Call_UsageOfSeveralAttempts_IsSummed()
    {
        Behaviour failsWithUsage = (_, _) => Task.FromResult(new UpstreamResult
        {
            Outcome = CallOutcome.ServerError,
            Error = new UpstreamError("late"),
            Usage = new TokenUsage(100, 3) { CachedTokens = 8 },
        });
        _upstream.On("m", failsWithUsage, Does.Say("yes"));

        var call = Start(retries: 1);
        await BackOffAsync();

        (await call).Usage.ShouldBe(new TokenUsage(110, 8) { CachedTokens = 8 });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Call_NoAnswerInTime_IsTimedOut(int retries)
    {
        _upstream.On("m", Does.Hang());

        var call = Start(retries);
        await _upstream.CalledAsync("m");
        _time.Advance(TimeSpan.FromSeconds(60));
        var result = await call;

        (result.Outcome, result.Attempts, result.Total).ShouldBe((CallOutcome.TimedOut, 1, TimeSpan.FromSeconds(60)));
        _gate.Released.Single().Release.Outcome.ShouldBe(CallOutcome.TimedOut);
    }

    [Fact]
    public async Task Call_TimeOutWhileWaitingToRepeat_KeepsTheReason()
    {
        _upstream.On("m", Does.After(Task.CompletedTask, Does.RateLimit(TimeSpan.FromSeconds(50))), Does.Hang());

        var call = Start(retries: 2);
        await _time.WaitForTimerAsync(TimeSpan.FromSeconds(50), TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(50));
        await _upstream.CalledAsync("m", 2);
        _time.Advance(TimeSpan.FromSeconds(10));

        (await call).Outcome.ShouldBe(CallOutcome.TimedOut);
    }

    [Fact]
    public async Task Call_SilenceAfterTheFirstContent_IsAStall()
    {
        _upstream.On("m", Does.Hang("Once upon"));
        var sink = new RecordingSink();

        var call = Start(retries: 2, sink: sink);
        await sink.First;
        await _time.WaitForTimerAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(30));
        var result = await call;

        (result.Outcome, result.Attempts).ShouldBe((CallOutcome.Stalled, 1));
        result.FirstToken.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public async Task Call_LongStreamThatKeepsTalking_OutlivesTheTimeOut()
    {
        var steps = Enumerable.Range(0, 4).Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).ToArray();
        _upstream.On("m", async (request, cancellationToken) =>
        {
            foreach (var step in steps)
            {
                request.Watch.OnBytes();
                request.Watch.OnFirstContent();
                request.Sink!.OnContent(".");
                await step.Task.WaitAsync(cancellationToken);
            }

            return await Does.Say()(request, cancellationToken) with { Outcome = CallOutcome.Ok };
        });
        var call = Start(sink: new RecordingSink());
        foreach (var step in steps)
        {
            await _time.WaitForTimerAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            _time.Advance(TimeSpan.FromSeconds(29));
            step.SetResult();
        }

        var result = await call;

        (result.Outcome, result.Total).ShouldBe((CallOutcome.Ok, TimeSpan.FromSeconds(116)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Call_Cancelled_EndsAsCancelledAndReleasesItsLease(int retries)
    {
        using var caller = new CancellationTokenSource();
        _upstream.On("m", Does.Hang());

        var call = Start(retries, cancellationToken: caller.Token);
        await _upstream.CalledAsync("m");
        await caller.CancelAsync();

        (await call).Outcome.ShouldBe(CallOutcome.Cancelled);
        _gate.Released.Single().Release.Outcome.ShouldBe(CallOutcome.Cancelled);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Call_CancelledBeforeItBegins_MakesNoCallAndThrowsNothing(int retries)
    {
        var result = await Start(retries, cancellationToken: new CancellationToken(canceled: true));

        (result.Outcome, result.Attempts).ShouldBe((CallOutcome.Cancelled, 0));
    }

    [Fact]
    public async Task Call_GateRefusesAMember_IsGivenUpAtOnce()
    {
        _gate.Refuse(TimeSpan.FromSeconds(4));

        var result = await Start(retries: 2);

        (result.Outcome, result.Attempts, result.RetryAfter).ShouldBe((CallOutcome.GateRefused, 0, TimeSpan.FromSeconds(4)));
        _gate.Released.ShouldBeEmpty();
    }

    [Fact]
    public async Task Call_GateRefusesAJudge_IsAskedAgainWhenItSays()
    {
        _gate.Refuse(TimeSpan.FromSeconds(4));
        _upstream.On("m", Does.Say("yes"));

        var call = Start(retries: 2, waitForGate: true);
        await _time.WaitForTimerAsync(TimeSpan.FromSeconds(4), TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(4));
        var result = await call;

        (result.Outcome, result.Attempts).ShouldBe((CallOutcome.Ok, 1));
    }

    [Fact]
    public async Task Call_GateOutOfReach_IsAFailureAndNoException()
    {
        _gate.Throw(new TimeoutException("The gate is away."));

        var result = await Start();

        (result.Outcome, result.Attempts).ShouldBe((CallOutcome.TransportError, 0));
    }

    [Fact]
    public async Task Call_GateUnavailableAtTheRelease_KeepsTheAnswer()
    {
        _gate.FailsToRelease = true;
        _upstream.On("m", Does.Say("paid for"));

        (await Start()).Answer!.Content.ShouldBe("paid for");
    }

    [Fact]
    public async Task Call_GateClosesAfterAnAttempt_FailsByWhatTheAttemptFailedBy()
    {
        _gate.Admit().Refuse(TimeSpan.FromSeconds(30));
        _upstream.On("m", Does.Fail(CallOutcome.ServerError, 503, "down"), Does.Say("never"));

        var call = Start(retries: 2);
        await BackOffAsync();
        var result = await call;

        (result.Outcome, result.Attempts, result.Error!.Message).ShouldBe((CallOutcome.ServerError, 1, "down"));
    }

    [Fact]
    public async Task Call_GateBehindTheCallersClock_IsAskedAgainWhenItOpens()
    {
        // The gate's clock has a millisecond to go, and then another call is its probe.
        _gate.Admit().Refuse(TimeSpan.FromMilliseconds(1), GateLimit.Cooldown).Refuse(TimeSpan.FromSeconds(1), GateLimit.Cooldown);
        _upstream.On("m", Does.RateLimit(TimeSpan.FromMilliseconds(120)), Does.Say("yes"));

        var call = Start(retries: 1);
        foreach (var wait in (double[])[120, 1, 1000])
        {
            await _time.WaitForTimerAsync(TimeSpan.FromMilliseconds(wait), TestContext.Current.CancellationToken);
            _time.Advance(TimeSpan.FromMilliseconds(wait));
        }

        (await call).Outcome.ShouldBe(CallOutcome.Ok);
    }

    [Theory]
    [InlineData(2.0, 2)]
    [InlineData(2.001, 1)]
    public async Task Call_PauseBeyondTheLongestWait_IsNotWaitedFor(double seconds, int attempts)
    {
        var wait = TimeSpan.FromSeconds(seconds);
        _upstream.On("m", Does.RateLimit(wait), Does.Say("yes"));

        var call = Start(retries: 1, longestWait: TimeSpan.FromSeconds(2));
        if (attempts == 2)
        {
            await _time.WaitForTimerAsync(wait, TestContext.Current.CancellationToken);
            _time.Advance(wait);
        }

        var result = await call;
        (result.Attempts, result.RetryAfter).ShouldBe((attempts, attempts == 1 ? wait : null));
    }

    [Fact]
    public async Task Call_PauseAskedForAgain_IsTheCallersToWait()
    {
        _upstream.On("m", Does.RateLimit(TimeSpan.FromSeconds(1)));

        var call = Start(retries: 2, longestWait: TimeSpan.FromSeconds(2));
        await _time.WaitForTimerAsync(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(1));

        var result = await call;
        (result.Attempts, result.RetryAfter).ShouldBe((2, TimeSpan.FromSeconds(1)));
    }

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(false, true, false)]
    public async Task Call_NeverSent_IsFreeUnlessAnEarlierAttemptMayHaveBeenRead(bool first, bool second, bool isFree)
    {
        _upstream.On("m", Unreached(first), Unreached(second));

        var call = Start(retries: 1);
        await BackOffAsync();
        var result = await call;

        result.Error!.NeverSent.ShouldBe(isFree);
        _gate.Released[0].Release.Tokens.ShouldBe(first ? 0 : null);

        static Behaviour Unreached(bool neverSent) => (_, _) =>
            Task.FromResult(UpstreamResult.Failed(CallOutcome.TransportError, new UpstreamError("refused") { NeverSent = neverSent }));
    }

    [Fact]
    public async Task Call_AdmittedBeforehand_AsksTheGateNoMoreForTheFirstAttempt()
    {
        _upstream.On("m", Does.Fail(CallOutcome.ServerError, 503), Does.Say("yes"));
        var admission = await _gate.AcquireAsync(new GateRequest(GateKey.Model("m"), Guid.NewGuid(), 0, Holder), CancellationToken.None);

        var call = Start(retries: 1, admission: admission);
        await BackOffAsync();
        var result = await call;

        result.Outcome.ShouldBe(CallOutcome.Ok);
        _gate.Requests.Count.ShouldBe(2);
        _gate.Released.Select(entry => entry.Lease.Id).ShouldBe(_gate.Requests.Select(request => request.Lease));
    }

    [Fact]
    public async Task Call_AdmittedButNeverMade_GivesTheLeaseBackUnused()
    {
        const string WithAudio = """{"model":"panel","messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AA==","format":"wav"}}]}]}""";
        _upstream.Unsupported.Add(ContentPartKind.Audio);
        var admission = await _gate.AcquireAsync(new GateRequest(GateKey.Model("m"), Guid.NewGuid(), 0, Holder), CancellationToken.None);

        var result = await Start(admission: admission, question: WithAudio);

        result.Outcome.ShouldBe(CallOutcome.Unsupported);
        _gate.Released.ShouldHaveSingleItem().Release.ShouldBe(GateRelease.Unused);
    }

    [Fact]
    public async Task Call_ModelCoolsDownByItsOperatorsFault_IsNoLimitOfTheCaller()
    {
        _gate.Close("m", GateLimit.OperatorFault, TimeSpan.FromSeconds(30));

        var result = await Start(retries: 2, waitForGate: true);

        (result.Outcome, result.Attempts).ShouldBe((CallOutcome.AuthenticationFailed, 0));
    }

    [Theory]
    [InlineData(null, 1024)]
    [InlineData(50, 50)]
    public async Task Call_ModelWithATokenLimit_AsksForPromptAndLongestAnswer(int? maxTokens, long answer)
    {
        _upstream.On("m", Does.Say("yes"));
        var question = maxTokens is null ? RunBench.Question : RunBench.Question.Replace("{\"model\"", $"{{\"max_tokens\":{maxTokens},\"model\"", StringComparison.Ordinal);

        await Start(limits: new RateLimitConfig { Tpm = 100_000 }, question: question);

        _gate.Requests.ShouldHaveSingleItem().Tokens.ShouldBe(TokenEstimate.OfRequest(RunBench.Parse(RunBench.Question)) + answer);
        _gate.Released.ShouldHaveSingleItem().Release.Tokens.ShouldBe(15);
    }

    [Theory]
    [InlineData(CallOutcome.ServerError, 500, 0L)]
    [InlineData(CallOutcome.TransportError, null, null)]
    public async Task Call_WithoutReportedUsage_CountsNothingOnlyWhereTheProviderRefused(CallOutcome outcome, int? status, long? tokens)
    {
        _upstream.On("m", Does.Fail(outcome, status));

        await Start();

        _gate.Released.ShouldHaveSingleItem().Release.Tokens.ShouldBe(tokens);
    }

    private Task<ModelCallResult> Start(
        int retries = 0,
        IAnswerSink? sink = null,
        bool waitForGate = false,
        CancellationToken? cancellationToken = null,
        GateAdmission? admission = null,
        RateLimitConfig? limits = null,
        string question = RunBench.Question,
        TimeSpan? longestWait = null)
    {
        return Caller().CallAsync(
            new ModelCall
            {
                Model = TestModels.OpenAi("m", new Uri("https://models.test/v1"), retries: retries) with { RateLimit = limits },
                Chat = RunBench.Parse(question),
                Edits = new RequestEdits(),
                Timeout = TimeSpan.FromSeconds(60),
                IdleTimeout = TimeSpan.FromSeconds(30),
                Sink = sink,
                WaitForGate = waitForGate,
                MaxRetryDelay = longestWait,
            },
            Holder,
            admission,
            cancellationToken ?? TestContext.Current.CancellationToken);
    }

    private ModelCaller Caller() =>
        new(new Dictionary<ProviderKind, IUpstream> { [ProviderKind.OpenAi] = _upstream }, _gate, _time, new Random(5));

    private async Task<TimeSpan> BackOffAsync()
    {
        var delay = await _time.WaitForTimerAsync(TimeSpan.FromTicks(1), LongestBackOff, TestContext.Current.CancellationToken);
        _time.Advance(delay);
        return delay;
    }
}
