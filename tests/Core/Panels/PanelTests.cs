using Ensemble.Catalog;
using Ensemble.Core.Tests.Runs;
using Ensemble.Panels;
using Ensemble.Runs;
using Ensemble.Testing;
using Ensemble.Upstreams;
using Ensemble.Usage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ensemble.Core.Tests.Panels;

public sealed class PanelTests
{
    private readonly RunBench _bench = new();

    [Fact]
    public async Task Ask_SlowMember_IsNotWaitedForBeyondTwoSecondsAfterAFastQuorum()
    {
        _bench.Upstream.On("a", Does.Say("forty-two")).On("b", Does.Say("42")).On("c", Does.Hang());

        var run = _bench.Start();
        await _bench.Upstream.CalledAsync("c");
        await _bench.Time.WaitForTimerAsync(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        _bench.Time.Advance(TimeSpan.FromMilliseconds(1999));
        _bench.Upstream.CallsOf("c")[0].WasCancelled.ShouldBeFalse();
        _bench.Upstream.CallsOf("judge").ShouldBeEmpty();
        _bench.Time.Advance(TimeSpan.FromMilliseconds(1));
        var outcome = await run.EndAsync();

        outcome.Text.ShouldBe("the judge's answer");
        _bench.Upstream.CallsOf("c")[0].WasCancelled.ShouldBeTrue();
        outcome.Manifest.Panel!.ClosedBecause.ShouldBe("grace_over");
        outcome.Manifest.Panel.Usable.ShouldBe(2);
        outcome.Manifest.Panel.ClosedAfter.ShouldBe(TimeSpan.FromSeconds(2));
        var usage = _bench.Usage.Single(entry => entry.Model == "c");
        usage.Outcome.ShouldBe(CallOutcome.Cancelled);
        usage.Source.ShouldBe(UsageSource.Estimated);
        usage.PromptTokens.ShouldBe(TokenEstimate.OfRequest(RunBench.Parse(RunBench.Question)));
        usage.CompletionTokens.ShouldBeNull();
        outcome.Manifest.SubCalls.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Ask_DecisionThatTakesLong_IsNotWaitedForByTheEndOfTheRun()
    {
        _bench.Upstream.On("a", Does.Say("42")).On("b", Does.Say("42")).On("c", Does.Hang());
        using var caller = new CancellationTokenSource();
        using var deadline = new RunDeadline(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(60), _bench.Time, caller.Token);
        var context = new RunContext(
            new RunRequest { Id = RunBench.Id, Chat = RunBench.Parse(RunBench.Question), CatalogRevision = 1 },
            _bench.Catalog(),
            _bench.Services(),
            _bench.Memory,
            new RunJournal(1),
            deadline,
            NullLogger.Instance);
        var ended = Task.CompletedTask;
        var plan = PanelPlan.Of(context, _bench.Ensemble) with
        {
            IsDecided = (_, _) =>
            {
                // While this decides, the run ends in another thread.
                ended = Task.Run(caller.Cancel, TestContext.Current.CancellationToken);
                return !SpinWait.SpinUntil(() => ended.IsCompleted, TimeSpan.FromSeconds(5));
            },
        };

        var (_, manifest) = await Panel.AskAsync(context, _bench.Ensemble, plan);

        await ended;
        manifest.ClosedBecause.ShouldBe("cancelled");
    }

    [Fact]
    public async Task Ask_LateQuorum_GivesTheRestHalfTheTimeThatItTook()
    {
        var late = new TaskCompletionSource();
        _bench.Upstream.On("a", Does.Say("one")).On("b", Does.After(late.Task, Does.Say("two"))).On("c", Does.Hang());

        var run = _bench.Start();
        await _bench.Upstream.CalledAsync("c");
        _bench.Time.Advance(TimeSpan.FromSeconds(10));
        late.SetResult();
        await _bench.Time.WaitForTimerAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        _bench.Time.Advance(TimeSpan.FromSeconds(5));
        var outcome = await run.EndAsync();

        outcome.Manifest.Panel!.QuorumAfter.ShouldBe(TimeSpan.FromSeconds(10));
        outcome.Manifest.Panel.ClosedAfter.ShouldBe(TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task Ask_MemberWithinTheGrace_IsACandidateToo()
    {
        var late = new TaskCompletionSource();
        _bench.Upstream.On("a", Does.Say("one")).On("b", Does.Say("two")).On("c", Does.After(late.Task, Does.Say("three")));

        var run = _bench.Start();
        await _bench.Time.WaitForTimerAsync(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        _bench.Time.Advance(TimeSpan.FromSeconds(1));
        late.SetResult();
        var outcome = await run.EndAsync();

        outcome.Manifest.Panel.ShouldBe(new PanelManifest(2, 3, TimeSpan.Zero, TimeSpan.FromSeconds(1), "all_answered") { OpenedAfter = TimeSpan.Zero });
        outcome.Manifest.Judge!.Order.Select(shown => shown.Member).Order().ShouldBe([0, 1, 2]);
    }

    [Fact]
    public async Task Ask_ExplicitGrace_IsKeptToTheMillisecond()
    {
        _bench.Ensemble = _bench.Ensemble with { StragglerGrace = new StragglerGrace(TimeSpan.FromMilliseconds(350)) };
        _bench.Upstream.On("a", Does.Say("one")).On("b", Does.Say("two")).On("c", Does.Hang());

        var run = _bench.Start();
        await _bench.Time.WaitForTimerAsync(TimeSpan.FromMilliseconds(350), TestContext.Current.CancellationToken);
        _bench.Time.Advance(TimeSpan.FromMilliseconds(350));

        (await run.EndAsync()).Manifest.Panel!.ClosedAfter.ShouldBe(TimeSpan.FromMilliseconds(350));
    }

    [Fact]
    public async Task Ask_NoGrace_GoesOnAtQuorum()
    {
        var second = new TaskCompletionSource();
        _bench.Ensemble = _bench.Ensemble with { StragglerGrace = new StragglerGrace(TimeSpan.Zero) };
        _bench.Upstream.On("a", Does.Say("one")).On("b", Does.After(second.Task, Does.Say("two"))).On("c", Does.Hang());

        var run = _bench.Start();
        await _bench.Upstream.CalledAsync("c");
        second.SetResult();
        var outcome = await run.EndAsync();

        outcome.Manifest.Panel.ShouldBe(new PanelManifest(2, 2, TimeSpan.Zero, TimeSpan.Zero, "grace_over") { OpenedAfter = TimeSpan.Zero });
        _bench.Upstream.CallsOf("c")[0].WasCancelled.ShouldBeTrue();
    }

    [Fact]
    public async Task Ask_GraceAll_WaitsUntilTheMembersOwnTimeOut()
    {
        _bench.Ensemble = _bench.Ensemble with { StragglerGrace = StragglerGrace.All, Timeout = TimeSpan.FromSeconds(40) };
        _bench.Upstream.On("a", Does.Say("one")).On("b", Does.Say("two")).On("c", Does.Hang());

        var run = _bench.Start();
        await _bench.Upstream.CalledAsync("c");
        _bench.Time.Advance(TimeSpan.FromSeconds(39));
        _bench.Upstream.CallsOf("c")[0].WasCancelled.ShouldBeFalse();
        _bench.Time.Advance(TimeSpan.FromSeconds(1));
        var outcome = await run.EndAsync();

        outcome.Manifest.Panel.ShouldBe(new PanelManifest(2, 2, TimeSpan.Zero, TimeSpan.FromSeconds(40), "all_answered") { OpenedAfter = TimeSpan.Zero });
        _bench.Usage.Single(entry => entry.Model == "c").Outcome.ShouldBe(CallOutcome.TimedOut);
    }

    [Fact]
    public async Task Ask_QuorumOutOfReach_StopsAtOnceAndCancelsWhoIsOut()
    {
        var second = new TaskCompletionSource();
        _bench.Upstream
            .On("a", Does.Fail(CallOutcome.ServerError, 500))
            .On("b", Does.After(second.Task, Does.Fail(CallOutcome.TransportError)))
            .On("c", Does.Hang());

        var run = _bench.Start();
        await _bench.Upstream.CalledAsync("c");
        second.SetResult();
        var outcome = await run.EndAsync();

        outcome.Failure!.Kind.ShouldBe(RunFailureKind.PanelBelowQuorum);
        outcome.Failure.Message.ShouldBe("2 of 3 answers needed, 0 arrived: 1 failed (5xx), 1 could not be reached, 1 not waited for.");
        outcome.Manifest.Panel!.ClosedBecause.ShouldBe("quorum_out_of_reach");
        _bench.Upstream.CallsOf("c")[0].WasCancelled.ShouldBeTrue();
        _bench.Usage.Select(entry => entry.Model).Order().ShouldBe(["a", "b", "c"]);
    }

    [Fact]
    public async Task Ask_SelfEnsemble_AsksOneModelWithEachMembersOwnValues()
    {
        _bench.Ensemble = TestEnsembles.Of(
            "panel",
            [
                new PanelMemberConfig { Model = "a", Temperature = 0.1, Seed = 7 },
                new PanelMemberConfig { Model = "a", Temperature = 0.9, Seed = 20, Samples = 3 },
                new PanelMemberConfig { Model = "a" },
            ],
            "judge",
            minResponses: 5);
        _bench.Upstream.On("a", Does.Say("42"));

        var outcome = await _bench.RunAsync("""{"model":"panel","temperature":0.5,"seed":3,"messages":[{"role":"user","content":"?"}]}""");

        outcome.Manifest.Panel!.Usable.ShouldBe(5);
        var sent = _bench.Upstream.CallsOf("a").Select(call => System.Text.Json.Nodes.JsonNode.Parse(call.Body)!)
            .Select(body => ((double)body["temperature"]!, (long)body["seed"]!)).ToArray();
        sent.ShouldBe([(0.1, 7), (0.9, 20), (0.9, 21), (0.9, 22), (0.5, 3)], ignoreOrder: true);
    }

    [Fact]
    public async Task Ask_DeadlineBelowQuorum_SaysWhatArrived()
    {
        _bench.Ensemble = _bench.Ensemble with { Deadline = TimeSpan.FromSeconds(20) };
        _bench.Upstream.On("a", Does.Say("one")).On("b", Does.Hang()).On("c", Does.Hang());

        var run = _bench.Start();
        await _bench.Upstream.CalledAsync("c");
        _bench.Time.Advance(TimeSpan.FromSeconds(20));
        var outcome = await run.EndAsync();

        outcome.Failure!.Kind.ShouldBe(RunFailureKind.DeadlineExceeded);
        outcome.Failure.Message.ShouldContain("2 of 3 answers needed, 1 arrived");
        outcome.Manifest.Panel!.ClosedBecause.ShouldBe("deadline");
    }
}
