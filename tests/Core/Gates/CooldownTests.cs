using Ensemble.Catalog;
using Ensemble.Gates;
using Ensemble.Upstreams;
using FsCheck;
using FsCheck.Fluent;

namespace Ensemble.Core.Tests.Gates;

public sealed class CooldownTests
{
    private readonly GateBench _gate = new(cooldown: CooldownConfig.Default);

    [Theory]
    [InlineData(CallOutcome.ServerError)]
    [InlineData(CallOutcome.RateLimited)]
    [InlineData(CallOutcome.TransportError)]
    [InlineData(CallOutcome.TimedOut)]
    [InlineData(CallOutcome.Stalled)]
    [InlineData(CallOutcome.Incomplete)]
    public void Failures_SoManyInARow_TripIt(CallOutcome outcome)
    {
        _gate.Call(outcome);
        _gate.Call(outcome);
        _gate.State.Status().CoolingDown.ShouldBeNull();
        _gate.Call(outcome);

        var refusal = _gate.IsRefused();
        (refusal.Limit, refusal.RetryAfter).ShouldBe((GateLimit.Cooldown, TimeSpan.FromSeconds(30)));
        var status = _gate.State.Status();
        (status.Failures, status.CoolingDown, status.CooldownCause).ShouldBe((3, TimeSpan.FromSeconds(30), outcome));
    }

    [Theory]
    [InlineData(CallOutcome.RequestRejected)]
    [InlineData(CallOutcome.NotFound)]
    [InlineData(CallOutcome.Cancelled)]
    [InlineData(CallOutcome.InvalidResponse)]
    public void Failures_OfTheCaller_NeverCount(CallOutcome outcome)
    {
        for (var call = 0; call < 20; call++)
        {
            _gate.Call(outcome);
        }

        _gate.State.Status().Failures.ShouldBe(0);
        _gate.Enter();
    }

    [Theory]
    [InlineData(CallOutcome.Ok)]
    [InlineData(CallOutcome.Blank)]
    [InlineData(CallOutcome.Refused)]
    [InlineData(CallOutcome.Filtered)]
    public void Success_BetweenFailures_ResetsTheCount(CallOutcome outcome)
    {
        _gate.Call(CallOutcome.ServerError);
        _gate.Call(CallOutcome.ServerError);
        _gate.Call(outcome);
        _gate.Call(CallOutcome.ServerError);
        _gate.Call(CallOutcome.ServerError);

        _gate.Enter();
    }

    [Fact]
    public void CallersFault_BetweenFailures_ChangesNothing()
    {
        _gate.Call(CallOutcome.ServerError);
        _gate.Call(CallOutcome.RequestRejected);
        _gate.Call(CallOutcome.ServerError);
        _gate.Call(CallOutcome.Cancelled);
        _gate.Call(CallOutcome.ServerError);

        _gate.IsRefused();
    }

    [Fact]
    public void OperatorsFault_TripsAtOnceAndSaysSo()
    {
        _gate.Call(CallOutcome.AuthenticationFailed);

        var refusal = _gate.IsRefused();
        refusal.Limit.ShouldBe(GateLimit.OperatorFault);
        refusal.Reason.ShouldContain("refused its key");
    }

    [Fact]
    public void RetryAfter_IsHonouredToTheSecond()
    {
        _gate.Call(CallOutcome.RateLimited, TimeSpan.FromSeconds(180));

        _gate.IsRefused().RetryAfter.ShouldBe(TimeSpan.FromSeconds(180));
        _gate.Wait(179.999);
        _gate.IsRefused();
        _gate.Wait(0.001);
        _gate.Enter();
    }

    [Fact]
    public void RetryAfter_OfACallFromBefore_MakesThePauseLongerAndNeverShorter()
    {
        var (early, later) = (_gate.Enter(), _gate.Enter());
        _gate.Call(CallOutcome.RateLimited, TimeSpan.FromSeconds(60));

        _gate.Leave(early, CallOutcome.RateLimited, retryAfter: TimeSpan.FromSeconds(10));
        _gate.IsRefused().RetryAfter.ShouldBe(TimeSpan.FromSeconds(60));
        _gate.Leave(later, CallOutcome.RateLimited, retryAfter: TimeSpan.FromSeconds(90));
        _gate.IsRefused().RetryAfter.ShouldBe(TimeSpan.FromSeconds(90));
    }

    [Fact]
    public void Success_OfACallFromBefore_DoesNotEndThePause()
    {
        var early = _gate.Enter();
        _gate.Call(CallOutcome.AuthenticationFailed);

        _gate.Leave(early);

        _gate.IsRefused();
    }

    [Fact]
    public void Probe_FailsAgainAndAgain_DoublesUpToTheCap()
    {
        _gate.Call(CallOutcome.ServerError);
        _gate.Call(CallOutcome.ServerError);
        _gate.Call(CallOutcome.ServerError);
        foreach (var pause in (double[])[30, 60, 120, 240, 480, 600, 600])
        {
            _gate.IsRefused().RetryAfter.ShouldBe(TimeSpan.FromSeconds(pause));
            _gate.Wait(pause);
            _gate.Call(CallOutcome.ServerError);
        }
    }

    [Fact]
    public void PauseOver_HundredWaiting_LetsExactlyOneThrough()
    {
        _gate.Call(CallOutcome.AuthenticationFailed);
        _gate.Wait(30);

        var admissions = Enumerable.Range(0, 100).Select(_ => _gate.Ask()).ToList();

        var probe = admissions.Where(admission => admission.Lease is not null).ShouldHaveSingleItem().Lease!;
        probe.IsProbe.ShouldBeTrue();
        admissions.Where(admission => admission.Refusal is not null).ShouldAllBe(admission => admission.Refusal!.RetryAfter == TimeSpan.FromSeconds(1));

        _gate.Leave(probe);
        _gate.Enter().IsProbe.ShouldBeFalse();
        _gate.State.Status().Failures.ShouldBe(0);
        _gate.State.Status().CoolingDown.ShouldBeNull();
    }

    [Fact]
    public void Recovered_TripsAgainWithTheFirstPause()
    {
        _gate.Call(CallOutcome.AuthenticationFailed);
        _gate.Wait(30);
        _gate.Call(CallOutcome.Ok);

        _gate.Call(CallOutcome.AuthenticationFailed);

        _gate.IsRefused().RetryAfter.ShouldBe(TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData(CallOutcome.Cancelled)]
    [InlineData(CallOutcome.RequestRejected)]
    public void Probe_ThatTellsNothing_LeavesItToTheNext(CallOutcome outcome)
    {
        _gate.Call(CallOutcome.AuthenticationFailed);
        _gate.Wait(30);

        _gate.Call(outcome);

        _gate.Enter().IsProbe.ShouldBeTrue();
        _gate.IsRefused();
    }

    [Fact]
    public void Probe_ThatNobodyReleases_IsFollowedByAnotherWhenItExpires()
    {
        _gate.Call(CallOutcome.AuthenticationFailed);
        _gate.Wait(30);
        _gate.Enter();
        _gate.Wait(29);
        _gate.IsRefused();
        _gate.Wait(1);

        _gate.Enter().IsProbe.ShouldBeTrue();
    }

    [Fact]
    public void Move_InACooldown_KeepsItAndItsProbe()
    {
        _gate.Call(CallOutcome.AuthenticationFailed);
        _gate.Wait(10);
        _gate.Move();
        _gate.IsRefused().RetryAfter.ShouldBe(TimeSpan.FromSeconds(20));
        _gate.Wait(20);
        var probe = _gate.Enter();

        _gate.Move();

        _gate.IsRefused();
        _gate.Leave(probe, CallOutcome.ServerError);
        _gate.IsRefused().RetryAfter.ShouldBe(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void Refuse_WithoutAsking_SaysTheSameAndTakesNoProbe()
    {
        _gate.Call(CallOutcome.AuthenticationFailed);
        _gate.State.Refuse(0)!.Limit.ShouldBe(GateLimit.OperatorFault);
        _gate.Wait(30);

        _gate.State.Refuse(0).ShouldBeNull();

        _gate.Enter().IsProbe.ShouldBeTrue();
    }

    [Fact]
    public void Burst_OfFailures_CountsOnce()
    {
        var burst = Enumerable.Range(0, 10).Select(_ => _gate.Enter()).ToList();
        burst.ForEach(lease => _gate.Leave(lease, CallOutcome.ServerError));

        _gate.State.Status().Failures.ShouldBe(1);
        _gate.Call(CallOutcome.ServerError);
        _gate.Call(CallOutcome.ServerError);
        _gate.IsRefused().Limit.ShouldBe(GateLimit.Cooldown);
    }

    [Fact]
    public void Burst_OverAMove_StillCountsOnce()
    {
        var burst = Enumerable.Range(0, 4).Select(_ => _gate.Enter()).ToList();
        _gate.Leave(burst[0], CallOutcome.ServerError);
        _gate.Move();
        var later = _gate.Enter();
        burst.Skip(1).ToList().ForEach(lease => _gate.Leave(lease, CallOutcome.ServerError));
        _gate.State.Status().Failures.ShouldBe(1);

        _gate.Leave(later, CallOutcome.ServerError);

        _gate.State.Status().Failures.ShouldBe(2);
    }

    [Fact]
    public void Burst_ThatAsksForAPause_GetsIt()
    {
        var burst = Enumerable.Range(0, 3).Select(_ => _gate.Enter()).ToList();
        _gate.Leave(burst[0], CallOutcome.ServerError);
        _gate.Leave(burst[1], CallOutcome.RateLimited, retryAfter: TimeSpan.FromSeconds(9));

        _gate.IsRefused().RetryAfter.ShouldBe(TimeSpan.FromSeconds(9));
    }

    /// <summary>0–3 begins a call, 4–6 fails one that is out, 7 lets one succeed, 8 moves the gate.</summary>
    [Fact]
    public void AnySchedule_FailuresAreThoseOfCallsThatBeganAfterTheOneBefore()
    {
        Prop.ForAll(Arb.From(Gen.Choose(0, 8).Zip(Gen.Choose(0, 99)).ListOf(60)), steps =>
        {
            var gate = new GateBench(cooldown: CooldownConfig.Default with { AfterFailures = 1000 });
            var calls = new List<(GateLease Lease, int Began)>();
            var (failures, last) = (0, -1);
            for (var step = 0; step < steps.Count; step++)
            {
                var (action, pick) = steps[step];
                if (action < 4)
                {
                    calls.Add((gate.Enter(), step));
                }
                else if (action == 8)
                {
                    gate.Move();
                }
                else if (calls.Count > 0)
                {
                    var (lease, began) = calls[pick % calls.Count];
                    calls.RemoveAt(pick % calls.Count);
                    gate.Leave(lease, action == 7 ? CallOutcome.Ok : CallOutcome.ServerError);
                    var counts = action != 7 && began > last;
                    (failures, last) = action == 7 ? (0, last) : (failures + (counts ? 1 : 0), counts ? step : last);
                }

                gate.State.Status().Failures.ShouldBe(failures);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }
}
