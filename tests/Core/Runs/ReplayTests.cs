using System.Text;
using Ensemble.Catalog;
using Ensemble.Catalog.Secrets;
using Ensemble.Execution;
using Ensemble.Runs;
using Ensemble.Storage.Memory;
using Ensemble.Testing;
using Ensemble.Upstreams;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ensemble.Core.Tests.Runs;

/// <summary>A run whose panel's answers are those of another run.</summary>
public sealed class ReplayTests : IAsyncDisposable
{
    private static readonly SecretSealer Sealer = SecretSealer.TryCreate(new string('7', 64), out var sealer) ? sealer : throw new InvalidOperationException();

    private readonly RunBench _bench = new() { Adjust = model => model with { Price = new PriceConfig(1, 2) } };
    private readonly InMemoryPanelStore _store = new();
    private readonly StoredPanels _panels;

    public ReplayTests()
    {
        _panels = new StoredPanels(_store, Sealer, TimeSpan.FromHours(1), _bench.Time, NullLogger<StoredPanels>.Instance);
        Models.On("a", Does.Say("42")).On("b", Does.Say("42")).On("c", Does.Say("41"));
    }

    public ValueTask DisposeAsync() => _panels.DisposeAsync();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ScriptedUpstream Models => _bench.Upstream;

    [Fact]
    public async Task Execute_AVoteOverASynthesis_AsksNobodyAndCostsNothing()
    {
        var first = await RunAsync();
        var (calls, usage) = (Models.Calls.Count, _bench.Usage.Count);

        var replay = await ReplayAsync(first, StrategyKind.Vote);

        replay.Text.ShouldBe("42");
        Models.Calls.Count.ShouldBe(calls);
        _bench.Usage.Count.ShouldBe(usage, "the accounts of the panel were written by the run that asked it");
        var completed = (RunCompleted)replay.Events[^1];
        (completed.Usage.TotalTokens, completed.Usage.CostUsd).ShouldBe((0, 0m));
        replay.Manifest.Strategy.ShouldBe("vote");
        replay.Manifest.ReplayOf.ShouldBe(first.Manifest.Run);
        replay.Manifest.Run.ShouldNotBe(first.Manifest.Run);
        replay.Manifest.SubCalls.Count.ShouldBe(3);
        replay.Manifest.SubCalls.ShouldAllBe(subCall => subCall.IsRemembered && subCall.Reported == Does.Used);
        replay.Manifest.Agreement!.Value.ShouldBe(2 / 3d, 1e-9);
        first.Manifest.ReplayOf.ShouldBeNull();
    }

    [Fact]
    public async Task Execute_WithAnotherJudge_AsksAndPaysThatOneAlone()
    {
        _bench.Ensemble = TestEnsembles.Of("panel", ["a", "b", "c"], "judge", fallbacks: ["other"]);
        Models.On("other", Does.Say("as I see it, 42"));
        var first = await RunAsync();

        var replay = await ReplayAsync(first, judge: "other");

        replay.Text.ShouldBe("as I see it, 42");
        Models.Calls.Select(call => call.Model).Order().ShouldBe(["a", "b", "c", "judge", "other"]);
        ((RunCompleted)replay.Events[^1]).Usage.Reported.ShouldBe(Does.Used);
        _bench.Usage[^1].ShouldSatisfyAllConditions(
            usage => usage.Run.ShouldBe(replay.Manifest.Run), usage => usage.Role.ShouldBe(SubCallRole.Judge), usage => usage.Model.ShouldBe("other"));
        replay.Manifest.Usage.CostUsd.ShouldBe(20 / 1_000_000m);
    }

    [Fact]
    public async Task Execute_MemberThatFailed_StaysFailed()
    {
        Models.On("c", Does.Fail(CallOutcome.ServerError, 500, "the kettle is broken"), Does.Say("42"));
        var first = await RunAsync();

        var replay = await ReplayAsync(first, StrategyKind.Vote);

        replay.Manifest.Panel.ShouldNotBeNull().Usable.ShouldBe(2);
        var failed = replay.Manifest.SubCalls.Single(subCall => subCall.Usage.Key.Member == 2);
        (failed.Usage.Outcome, failed.Error, failed.IsRemembered).ShouldBe((CallOutcome.ServerError, "the kettle is broken", true));
        Models.CallsOf("c").Count.ShouldBe(1);
    }

    [Fact]
    public async Task Execute_TooFewAnswered_FailsInTheSameWords()
    {
        Models.On("b", Does.Fail(CallOutcome.ServerError, 500)).On("c", Does.Refuse("I would rather not."));
        var first = await RunAsync();

        var replay = await ReplayAsync(first, StrategyKind.Vote);

        replay.Failure.ShouldBe(first.Failure.ShouldNotBeNull());
        Models.Calls.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Execute_StragglerThatWasCancelled_IsMissingAndNotAsked()
    {
        _bench.Ensemble = _bench.Ensemble with { StragglerGrace = new StragglerGrace(TimeSpan.Zero) };
        var asked = Models.CalledAsync("c");
        Models.On("a", Does.After(asked, Does.Say("42"))).On("b", Does.After(asked, Does.Say("42"))).On("c", Does.Hang());
        var first = await RunAsync();

        var replay = await ReplayAsync(first, StrategyKind.Consensus);

        replay.Text.ShouldBe("42");
        replay.Manifest.SubCalls.Select(subCall => subCall.Usage.Outcome).ShouldBe([CallOutcome.Ok, CallOutcome.Ok, CallOutcome.Cancelled]);
        Models.CallsOf("c").Count.ShouldBe(1);
    }

    [Fact]
    public async Task Execute_OfACascade_UsesTheRungsThatWereAsked()
    {
        _bench.Ensemble = _bench.Ensemble with { Strategy = StrategyKind.Cascade };
        var first = await RunAsync();

        var replay = await ReplayAsync(first, StrategyKind.Synthesize);

        replay.Text.ShouldBe("the judge's answer");
        Models.CallsOf("c").ShouldBeEmpty();
        replay.Manifest.Panel.ShouldNotBeNull().Usable.ShouldBe(2);
    }

    [Fact]
    public async Task Execute_ByConfidence_UsesTheStoredLogprobs()
    {
        _bench.Ensemble = _bench.Ensemble with { Strategy = StrategyKind.Adaptive };
        Models.On("a", Does.SayWithLogprobs("It may be many things, and more so.", -2)).On("b", Does.SayWithLogprobs("It is none of these at all today.", -0.1)).On("c", Does.Say("Nobody can tell what it is, ever."));
        var first = await RunAsync();

        var replay = await ReplayAsync(first, StrategyKind.Confidence);

        replay.Text.ShouldBe("It is none of these at all today.");
        Models.Calls.Count(call => call.Model != "judge").ShouldBe(3);
    }

    [Fact]
    public async Task Execute_AnswersOfOneCall_AreAllThere()
    {
        _bench.Ensemble = TestEnsembles.Of("panel", [new PanelMemberConfig { Model = "a", Samples = 3 }], "judge");
        _bench.Adjust = model => model with { Params = model.Params with { N = true } };
        Models.On("a", Does.Choose("41", "42", "42"));
        var first = await RunAsync();

        var replay = await ReplayAsync(first, StrategyKind.Vote);

        replay.Text.ShouldBe("42");
        replay.Manifest.Panel.ShouldNotBeNull().Usable.ShouldBe(3);
        Models.CallsOf("a").Count.ShouldBe(1);
    }

    [Fact]
    public async Task Execute_PanelWasChanged_FailsAndAsksNobody()
    {
        var first = await RunAsync();
        _bench.Ensemble = TestEnsembles.Of("panel", ["a", "c", "b"], "judge");

        var replay = await ReplayAsync(first, StrategyKind.Vote);

        replay.Failure.ShouldNotBeNull().Kind.ShouldBe(RunFailureKind.AnswersNotStored);
        Models.Calls.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Execute_OfAReplay_StoresNothingAgain()
    {
        var first = await RunAsync();

        var replay = await ReplayAsync(first, StrategyKind.Vote);

        (await _panels.FindAsync(replay.Manifest.Run, null, Token)).ShouldBeNull();
    }

    [Fact]
    public async Task Keep_OfARun_IsSealedForItAndGoneAfterTheRetention()
    {
        Models.On("a", Does.Say("the secret answer"));
        var first = await RunAsync();
        var run = first.Manifest.Run;
        var panel = (await _panels.FindAsync(run, null, Token)).ShouldNotBeNull();
        Encoding.UTF8.GetString(panel.Request.Span).ShouldBe(RunBench.Question);
        var payload = (await _store.FindAsync(run, _bench.Time.GetUtcNow(), Token)).ShouldNotBeNull();
        Encoding.Latin1.GetString(payload).ShouldNotContain("secret");
        Encoding.Latin1.GetString(payload).ShouldNotContain("seven");
        var other = RunId.New();
        await _store.SaveAsync(other, payload, _bench.Time.GetUtcNow() + TimeSpan.FromDays(1), Token);

        (await _panels.FindAsync(other, null, Token)).ShouldBeNull("it is bound to its run");
        _bench.Time.Advance(TimeSpan.FromHours(1));
        (await _panels.FindAsync(run, null, Token)).ShouldBeNull();
    }

    [Fact]
    public async Task Keep_MoreThanIsKeptOfARun_SaysSo()
    {
        Models.On("a", Does.Say(new string('x', IPanelStore.MaxPayloadBytes)));

        var first = await RunAsync();

        var panel = (await _panels.FindAsync(first.Manifest.Run, null, Token)).ShouldNotBeNull();
        (panel.IsTooLarge, panel.Request.Length).ShouldBe((true, 0));
    }

    [Fact]
    public async Task Keep_GrowsBeyondTheBoundWhenItIsWritten_SaysSo()
    {
        // Each of these letters takes six bytes as it is written.
        Models.On("a", Does.Say(new string('ß', IPanelStore.MaxPayloadBytes / 4)));

        var first = await RunAsync();

        (await _panels.FindAsync(first.Manifest.Run, null, Token)).ShouldNotBeNull().IsTooLarge.ShouldBeTrue();
    }

    [Fact]
    public async Task Find_ARunThatEndedJustNowElsewhere_IsWaitedForForAWhile()
    {
        var first = await RunAsync();
        var (run, now) = (first.Manifest.Run, _bench.Time.GetUtcNow());
        (await _panels.FindAsync(run, null, Token)).ShouldNotBeNull();
        var payload = (await _store.FindAsync(run, now, Token)).ShouldNotBeNull();
        await _store.SaveAsync(run, payload, now, Token);
        (await _panels.FindAsync(run, now - StoredPanels.WriteGrace, Token)).ShouldBeNull();

        var finding = _panels.FindAsync(run, now, Token);
        await _bench.Time.WaitForTimerAsync(TimeSpan.FromMilliseconds(100), Token);
        finding.IsCompleted.ShouldBeFalse();
        await _store.SaveAsync(run, payload, now + TimeSpan.FromHours(1), Token);
        _bench.Time.Advance(TimeSpan.FromMilliseconds(100));

        (await finding).ShouldNotBeNull();
    }

    [Fact]
    public async Task Keep_StoreUnavailable_LosesTheReplayAndNothingElse()
    {
        await using var panels = new StoredPanels(new UnavailableStore(), Sealer, TimeSpan.FromHours(1), _bench.Time,
            NullLogger<StoredPanels>.Instance);
        using var run = new Run(
            new RunRequest { Id = RunId.New(), Chat = RunBench.Parse(RunBench.Question), CatalogRevision = 1 },
            _bench.Catalog(), _bench.Services() with { Panels = panels }, new SubCallCache(), new RunJournal(1), NullLogger.Instance);

        var outcome = await new RunningRun(run, Task.Run(run.ExecuteAsync, Token)).EndAsync();

        outcome.Text.ShouldBe("the judge's answer");
    }

    [Theory]
    [InlineData(StrategyKind.Cascade, null, "strategy_not_replayable", "strategy")]
    [InlineData(StrategyKind.Verify, null, "strategy_not_replayable", "strategy")]
    [InlineData(StrategyKind.Route, null, "strategy_not_replayable", "strategy")]
    [InlineData(StrategyKind.Specialist, null, "strategy_not_replayable", "strategy")]
    [InlineData(StrategyKind.Confidence, null, "strategy_not_replayable", "strategy")]
    [InlineData(StrategyKind.Consensus, "judge", "judge_not_asked", "judge")]
    [InlineData(StrategyKind.Synthesize, null, null, null)]
    [InlineData(StrategyKind.BestOf, "a", null, null)]
    [InlineData(StrategyKind.Vote, null, null, null)]
    [InlineData(StrategyKind.Consensus, null, null, null)]
    [InlineData(StrategyKind.Adaptive, null, null, null)]
    public async Task Check_EachStrategy_IsRefusedWhereMembersWouldBeAsked(StrategyKind strategy, string? judge, string? code, string? param)
    {
        var refusal = await CheckAsync(await RunAsync(), strategy, judge);

        (refusal?.Code, refusal?.Param).ShouldBe((code, param));
        refusal?.Message.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Check_StrategyThatNeedsAJudge_IsRefusedWithoutOne()
    {
        _bench.Ensemble = _bench.Ensemble with { Strategy = StrategyKind.Vote, Judge = null };
        var first = await RunAsync();

        (await CheckAsync(first, StrategyKind.BestOf, null)).ShouldNotBeNull().Code.ShouldBe("judge_missing");
        (await CheckAsync(first, StrategyKind.BestOf, "a")).ShouldBeNull();
    }

    [Theory]
    [InlineData(StrategyKind.Confidence)]
    [InlineData(StrategyKind.Adaptive)]
    public async Task Check_SelfReport_IsRefused(StrategyKind strategy)
    {
        var first = await RunAsync();
        _bench.Ensemble = _bench.Ensemble with { Confidence = new ConfidenceConfig(ConfidenceSource.SelfReport) };

        (await CheckAsync(first, strategy, null)).ShouldNotBeNull().Message.ShouldContain("self_report");
    }

    private async Task<ReplayRefusal?> CheckAsync(RunOutcome first, StrategyKind strategy, string? judge)
    {
        var panel = (await _panels.FindAsync(first.Manifest.Run, null, Token)).ShouldNotBeNull();
        return ReplayRules.Check(new RunReplay(first.Manifest.Run) { Strategy = strategy, Judge = judge }, panel, RunBench.Parse(RunBench.Question), _bench.Catalog());
    }

    private Task<RunOutcome> RunAsync() => ExecuteAsync(new RunRequest { Id = RunId.New(), Chat = RunBench.Parse(RunBench.Question), CatalogRevision = 1 });

    private Task<RunOutcome> ReplayAsync(RunOutcome first, StrategyKind? strategy = null, string? judge = null) => ExecuteAsync(new RunRequest
    {
        Id = RunId.New(),
        Chat = RunBench.Parse(RunBench.Question),
        CatalogRevision = 1,
        Replay = new RunReplay(first.Manifest.Run) { Strategy = strategy, Judge = judge },
    });

    private async Task<RunOutcome> ExecuteAsync(RunRequest request)
    {
        using var run = new Run(request, _bench.Catalog(), _bench.Services() with { Panels = _panels }, new SubCallCache(),
            new RunJournal(1), NullLogger.Instance);
        return await new RunningRun(run, Task.Run(run.ExecuteAsync, Token)).EndAsync();
    }

    private sealed class UnavailableStore : IPanelStore
    {
        public Task SaveAsync(RunId run, ReadOnlyMemory<byte> payload, DateTimeOffset expiresAt, CancellationToken cancellationToken) =>
            Task.FromException(new IOException("away"));

        public Task<byte[]?> FindAsync(RunId run, DateTimeOffset now, CancellationToken cancellationToken) => Task.FromException<byte[]?>(new IOException("away"));

        public Task<int> DeleteExpiredAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) => Task.FromResult(0);
    }
}
