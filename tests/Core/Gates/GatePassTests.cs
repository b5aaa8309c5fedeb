using Ensemble.Catalog;
using Ensemble.Gates;
using Ensemble.Testing;
using Ensemble.Upstreams;

namespace Ensemble.Core.Tests.Gates;

/// <summary>Gates that limit nothing: calls are let through in the process that makes them.</summary>
public sealed class GatePassTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Acquire_NothingIsLimited_AsksOnceAndNotAgain()
    {
        await using var bench = new AgentBench();
        var agent = bench.Open();

        for (var call = 0; call < 1000; call++)
        {
            await AgentBench.CallAsync(agent);
            (await agent.RefusalAsync(AgentBench.Key, 0, CancellationToken.None)).ShouldBeNull();
        }

        bench.Calls.ShouldBe(1);
    }

    [Fact]
    public async Task Pass_InUse_IsRenewedBeforeItEndsAndTellsWhatWasDone()
    {
        await using var bench = new AgentBench();
        var agent = bench.Open();
        for (var call = 0; call < 5; call++)
        {
            await AgentBench.CallAsync(agent, tokens: 7);
        }

        bench.ForgetReports();
        bench.Wait(8);
        var report = await bench.NextReportAsync();

        (report.Requests, report.Tokens, report.Outcomes.Length).ShouldBe((5, 35, 1));
        bench.Wait(3);
        await AgentBench.CallAsync(agent);
        bench.Calls.ShouldBe(2);
    }

    [Fact]
    public async Task Pass_Unused_EndsWithoutAWord()
    {
        await using var bench = new AgentBench();
        var agent = bench.Open();
        await agent.RefusalAsync(AgentBench.Key, 0, CancellationToken.None);

        bench.Wait(60);
        bench.Calls.ShouldBe(1);

        await AgentBench.CallAsync(agent);
        bench.Calls.ShouldBe(2);
    }

    [Fact]
    public async Task Status_WhileThereArePasses_CountsWhatNobodyReportedYet()
    {
        await using var bench = new AgentBench();
        var (one, other) = (bench.Open(), bench.Open());
        await AgentBench.CallAsync(one, tokens: 11);
        await AgentBench.EnterAsync(one);
        await AgentBench.CallAsync(other, tokens: 6);
        await other.ReleaseAsync(await AgentBench.EnterAsync(other), GateRelease.Unused);

        var status = await bench.StatusAsync();

        (status.InFlight, status.RequestsThisMinute, status.TokensThisMinute).ShouldBe((1, 3, 17));
        (await bench.StatusAsync()).ShouldBe(status);
    }

    [Fact]
    public async Task Failures_InARowOverTwoProcesses_TripBothAtOnce()
    {
        await using var bench = new AgentBench();
        var (one, other) = (bench.Open(), bench.Open());
        await AgentBench.CallAsync(other, CallOutcome.ServerError);
        await AgentBench.CallAsync(one, CallOutcome.ServerError);
        await AgentBench.EnterAsync(other);
        await AgentBench.CallAsync(one, CallOutcome.ServerError);

        (await AgentBench.IsRefusedAsync(one)).RetryAfter.ShouldBe(TimeSpan.FromSeconds(30));
        var calls = bench.Calls;
        (await AgentBench.IsRefusedAsync(one)).RetryAfter.ShouldBe(TimeSpan.FromSeconds(30));
        bench.Calls.ShouldBe(calls);
        (await other.RefusalAsync(AgentBench.Key, 0, CancellationToken.None))!.Limit.ShouldBe(GateLimit.Cooldown);
        (await AgentBench.IsRefusedAsync(other)).Limit.ShouldBe(GateLimit.Cooldown);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Success_AtAnotherProcess_CancelsTheTripOnlyWhereItCameBetween(bool isBetween)
    {
        await using var bench = new AgentBench();
        var (one, other) = (bench.Open(), bench.Open());
        if (!isBetween)
        {
            await AgentBench.CallAsync(other);
            bench.Wait(0.5);
        }

        await AgentBench.CallAsync(one, CallOutcome.ServerError);
        await AgentBench.CallAsync(one, CallOutcome.ServerError);
        bench.Wait(0.5);
        if (isBetween)
        {
            await AgentBench.CallAsync(other);
        }

        await AgentBench.CallAsync(one, CallOutcome.ServerError);

        (await AgentBench.AskAsync(one)).Refusal.ShouldBe(isBetween ? null : new GateRefusal(GateLimit.Cooldown, 0, TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task Success_AtTheSameProcess_BeginsTheCountAgain()
    {
        await using var bench = new AgentBench();
        var agent = bench.Open();
        foreach (var outcome in (CallOutcome[])[CallOutcome.ServerError, CallOutcome.ServerError, CallOutcome.Ok, CallOutcome.ServerError, CallOutcome.ServerError])
        {
            await AgentBench.CallAsync(agent, outcome);
        }

        await AgentBench.EnterAsync(agent);
    }

    [Fact]
    public async Task Failures_OfCallsThatWereOutTogetherOverTwoProcesses_CountOnce()
    {
        await using var bench = new AgentBench();
        var (one, other) = (bench.Open(), bench.Open());
        var calls = new List<(GateAgent, GateLease)>();
        for (var call = 0; call < 10; call++)
        {
            calls.Add((one, await AgentBench.EnterAsync(one)));
            calls.Add((other, await AgentBench.EnterAsync(other)));
        }

        foreach (var (agent, lease) in calls)
        {
            await agent.ReleaseAsync(lease, new GateRelease(CallOutcome.ServerError, null, null));
        }

        await AgentBench.EnterAsync(one);
        await AgentBench.EnterAsync(other);
        (await bench.StatusAsync()).Failures.ShouldBe(1);
    }

    [Fact]
    public async Task RetryAfter_OfAFailure_RefusesEverywhereForAsLong()
    {
        await using var bench = new AgentBench();
        var (one, other) = (bench.Open(), bench.Open());
        await AgentBench.EnterAsync(other);
        await AgentBench.CallAsync(one, CallOutcome.RateLimited, TimeSpan.FromSeconds(180));

        (await AgentBench.IsRefusedAsync(one)).RetryAfter.ShouldBe(TimeSpan.FromSeconds(180));
        bench.Wait(100);
        (await AgentBench.IsRefusedAsync(other)).RetryAfter.ShouldBe(TimeSpan.FromSeconds(80));
        bench.Wait(79.999);
        await AgentBench.IsRefusedAsync(one);
        bench.Wait(0.001);
        (await AgentBench.EnterAsync(one)).IsProbe.ShouldBeTrue();
    }

    [Fact]
    public async Task PauseOver_TwoProcesses_LetOneProbeThroughAndThenAll()
    {
        await using var bench = new AgentBench();
        var (one, other) = (bench.Open(), bench.Open());
        await AgentBench.EnterAsync(other);
        await AgentBench.CallAsync(one, CallOutcome.AuthenticationFailed);
        await AgentBench.IsRefusedAsync(one);
        bench.Wait(30);

        var probe = await AgentBench.EnterAsync(other);
        (await AgentBench.IsRefusedAsync(one)).RetryAfter.ShouldBe(Second);
        await other.ReleaseAsync(probe, new GateRelease(CallOutcome.Ok, null, null));

        (await AgentBench.EnterAsync(one)).IsProbe.ShouldBeFalse();
        (await AgentBench.EnterAsync(other)).IsProbe.ShouldBeFalse();
    }

    [Fact]
    public async Task Trip_AnswerOfAnEarlierReportComesLate_GrantsNothing()
    {
        await using var bench = new AgentBench();
        var (one, other) = (bench.Open(), bench.Open());
        await AgentBench.EnterAsync(one);
        var answers = new TaskCompletionSource();
        bench.HoldAnswers = answers.Task;
        var asking = AgentBench.AskAsync(other).AsTask();
        await bench.NextReportAsync();
        await bench.NextReportAsync();

        bench.HoldAnswers = Task.CompletedTask;
        await AgentBench.CallAsync(one, CallOutcome.AuthenticationFailed);
        await AgentBench.IsRefusedAsync(one);
        answers.SetResult();

        (await asking).Refusal!.Limit.ShouldBe(GateLimit.OperatorFault);
    }

    [Fact]
    public async Task Report_AnswerGotLost_IsSentAgainAndCountsOnce()
    {
        await using var bench = new AgentBench();
        var agent = bench.Open();
        await AgentBench.CallAsync(agent);
        await AgentBench.CallAsync(agent);
        bench.ForgetReports();
        bench.LosesAnswers = 1;
        bench.Wait(8);
        await bench.LostAsync();

        // The first may be to wait for the report whose answer got lost.
        await agent.FlushAsync(TestContext.Current.CancellationToken);
        await agent.FlushAsync(TestContext.Current.CancellationToken);
        var again = await bench.NextReportAsync();

        again.Requests.ShouldBe(2);
        (await bench.StatusAsync()).RequestsThisMinute.ShouldBe(2);
    }

    [Fact]
    public async Task CallOfASecond_ProcessDies_IsLostAndSaidSo()
    {
        await using var bench = new AgentBench();
        var clock = new ManualTimeProvider();
        var agent = bench.Open(clock);
        await AgentBench.EnterAsync(agent);
        bench.ForgetReports();
        clock.Advance(Second);
        (await bench.NextReportAsync()).Started.Length.ShouldBe(1);

        bench.Wait(29.9);
        (await bench.StatusAsync(asks: false)).InFlight.ShouldBe(1);
        bench.Wait(1.1);

        var lost = bench.Usage.ShouldHaveSingleItem();
        (lost.Outcome, lost.Run, lost.Key, lost.Model).ShouldBe((CallOutcome.Lost, GateBench.Holder.Run, GateBench.Holder.Key, "m"));
        lost.StartedAt.ShouldBe(new ManualTimeProvider().GetUtcNow());
        (await bench.StatusAsync(asks: false)).InFlight.ShouldBe(0);
    }

    [Fact]
    public async Task CallOfAnHour_ProcessLives_IsNotLost()
    {
        await using var bench = new AgentBench();
        var agent = bench.Open();
        var lease = await AgentBench.EnterAsync(agent);
        bench.ForgetReports();
        for (var second = 0; second < 60; second++)
        {
            bench.Wait(1);
            if (second % 8 == 0)
            {
                await bench.NextReportAsync();
                await agent.FlushAsync(TestContext.Current.CancellationToken);
            }
        }

        (await bench.StatusAsync()).InFlight.ShouldBe(1);
        await agent.ReleaseAsync(lease, new GateRelease(CallOutcome.Ok, null, null));
        bench.ForgetReports();
        bench.Wait(1);
        (await bench.NextReportAsync()).Ended.ShouldBe([new GateEnd(lease.Id, null, IsUnused: false)]);
        bench.Wait(60);
        bench.Usage.ShouldBeEmpty();
    }

    [Fact]
    public async Task GateMoves_BeforeItSavedACallInFlight_IsToldAgain()
    {
        await using var bench = new AgentBench();
        var clock = new ManualTimeProvider();
        var agent = bench.Open(clock);
        await AgentBench.EnterAsync(agent);
        bench.ForgetReports();
        clock.Advance(Second);
        await bench.NextReportAsync();
        await agent.FlushAsync(TestContext.Current.CancellationToken);

        bench.Move();
        clock.Advance(8 * Second);
        await bench.NextReportAsync();
        await agent.FlushAsync(TestContext.Current.CancellationToken);
        clock.Advance(Second);
        (await bench.NextReportAsync()).Repeated.Length.ShouldBe(1);

        (await bench.StatusAsync(asks: false)).InFlight.ShouldBe(1);
    }

    [Fact]
    public async Task Catalog_LimitsAModelThatHadPasses_CountsWhatPassesLetThrough()
    {
        await using var bench = new AgentBench();
        var (one, other) = (bench.Open(), bench.Open());
        for (var call = 0; call < 3; call++)
        {
            await AgentBench.CallAsync(one);
            await AgentBench.CallAsync(other);
        }

        bench.Catalog.Change(AgentBench.Snapshot(new RateLimitConfig { Rpm = 7 }));

        await AgentBench.CallAsync(one);
        (await AgentBench.IsRefusedAsync(other)).Limit.ShouldBe(GateLimit.Rpm);
    }
}
