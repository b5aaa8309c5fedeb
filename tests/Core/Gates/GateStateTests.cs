using Ensemble.Catalog;
using Ensemble.Gates;

namespace Ensemble.Core.Tests.Gates;

public sealed class GateStateTests
{
    [Fact]
    public void Acquire_RequestsOfAMinuteUsedUp_SaysWhenTheOldestLeaves()
    {
        var gate = new GateBench(new RateLimitConfig { Rpm = 2 });
        gate.Enter();
        gate.Wait(10);
        gate.Enter();

        var refusal = gate.IsRefused();
        refusal.Limit.ShouldBe(GateLimit.Rpm);
        refusal.RetryAfter.ShouldBe(TimeSpan.FromSeconds(51));
        refusal.Reason.ShouldContain("2 requests a minute");

        gate.Wait(50.999);
        gate.IsRefused();
        gate.Wait(0.001);
        gate.Enter();
        gate.IsRefused();
    }

    [Fact]
    public void Acquire_RequestsOfADayUsedUp_WaitsForTheDay()
    {
        var gate = new GateBench(new RateLimitConfig { Rpd = 1 });
        gate.Leave(gate.Enter());
        gate.Wait(86_400);

        // Counted in spans of ten minutes, and rather too long than too short.
        var refusal = gate.IsRefused();
        refusal.Limit.ShouldBe(GateLimit.Rpd);
        refusal.RetryAfter!.Value.ShouldBeLessThanOrEqualTo(TimeSpan.FromMinutes(10));
        gate.Wait(refusal.RetryAfter.Value.TotalSeconds);
        gate.Enter();
    }

    [Fact]
    public void Acquire_Tokens_AreHeldAndSetRight()
    {
        var gate = new GateBench(new RateLimitConfig { Tpm = 1000 });
        var lease = gate.Enter(800);
        gate.IsRefused(300).Limit.ShouldBe(GateLimit.Tpm);

        gate.Leave(lease, tokens: 100);

        gate.Enter(900);
        gate.IsRefused(1);
    }

    [Fact]
    public void Release_MoreTokensThanHeld_CountTheRestFromNow()
    {
        var gate = new GateBench(new RateLimitConfig { Tpm = 1000 });
        var lease = gate.Enter(100);
        gate.Wait(20);
        gate.State.Renew(lease);
        gate.Wait(20);

        gate.Leave(lease, tokens: 1500);

        // 100 leave after a minute, the 1,400 that nobody had asked for a minute after they were known.
        gate.State.Status().TokensThisMinute.ShouldBe(1500);
        gate.Wait(21);
        gate.State.Status().TokensThisMinute.ShouldBe(1400);
        gate.IsRefused(1).RetryAfter.ShouldBe(TimeSpan.FromSeconds(40));
    }

    [Fact]
    public void Release_TokensUnknown_StayAsTheyWereHeld()
    {
        var gate = new GateBench(new RateLimitConfig { Tpm = 1000 });

        gate.Leave(gate.Enter(700), tokens: null);

        gate.State.Status().TokensThisMinute.ShouldBe(700);
    }

    [Fact]
    public void Acquire_MoreThanTheLimitAlone_IsRefusedForGood()
    {
        var refusal = new GateBench(new RateLimitConfig { Tpm = 1000 }).IsRefused(1001);

        (refusal.Limit, refusal.RetryAfter).ShouldBe((GateLimit.Tpm, null));
        refusal.Reason.ShouldContain("limited to 1,000 tokens a minute");
    }

    [Fact]
    public void Release_Unused_CountsNothing()
    {
        var gate = new GateBench(new RateLimitConfig { Rpm = 1, Rpd = 1, Tpm = 10, Concurrency = 1 });

        gate.State.Release(gate.Enter(10), GateRelease.Unused);

        gate.Enter(10);
        gate.IsRefused();
    }

    [Fact]
    public void Acquire_SameLeaseAgain_IsTheSameLeaseAndCountsOnce()
    {
        var gate = new GateBench(new RateLimitConfig { Rpm = 2, Concurrency = 2 });
        var id = Guid.NewGuid();

        var first = gate.Ask(lease: id).Lease;
        gate.Wait(5);
        gate.Ask(lease: id).Lease.ShouldBeSameAs(first);

        gate.State.Status().InFlight.ShouldBe(1);
        gate.State.Status().RequestsThisMinute.ShouldBe(1);
    }

    [Fact]
    public void Release_Twice_FreesOnce()
    {
        var gate = new GateBench(new RateLimitConfig { Concurrency = 2, Tpm = 100 });
        var lease = gate.Enter(40);
        gate.Enter(40);

        gate.Leave(lease, tokens: 10);
        gate.Leave(lease, tokens: 10);

        (gate.State.Status().InFlight, gate.State.Status().TokensThisMinute).ShouldBe((1, 50));
    }

    [Fact]
    public void Lease_NotRenewed_ExpiresAndIsLostOnce()
    {
        var gate = new GateBench(new RateLimitConfig { Concurrency = 1, Tpm = 100 });
        var lease = gate.Enter(60);
        gate.Wait(29.999);
        gate.IsRefused();
        gate.Wait(0.001);

        gate.Enter();
        gate.State.TakeExpired().ShouldHaveSingleItem().ShouldBe(lease);
        gate.State.TakeExpired().ShouldBeEmpty();

        // What it used is not known: the tokens stay counted, and a late release changes nothing.
        gate.Leave(lease, tokens: 5);
        gate.State.Status().TokensThisMinute.ShouldBe(60);
    }

    [Fact]
    public void Renew_InTime_KeepsTheLease()
    {
        var gate = new GateBench(new RateLimitConfig { Concurrency = 1 });
        var lease = gate.Enter();
        for (var step = 0; step < 10; step++)
        {
            gate.Wait(29);
            gate.State.Renew(lease);
        }

        gate.IsRefused();
        gate.State.TakeExpired().ShouldBeEmpty();
    }

    [Fact]
    public void Renew_AfterItExpired_DoesNotBringItBack()
    {
        var gate = new GateBench(new RateLimitConfig { Concurrency = 1 });
        var lease = gate.Enter();
        gate.Wait(31);

        gate.State.Renew(lease);

        gate.Enter();
        gate.State.TakeExpired().Count.ShouldBe(1);
    }

    [Fact]
    public void Limits_Lowered_HoldForWhatIsCountedAlready()
    {
        var gate = new GateBench(new RateLimitConfig { Rpm = 10 });
        gate.Enter();
        gate.Enter();

        gate.State.Limits = new GateLimits(new RateLimitConfig { Rpm = 2 }, null);
        gate.IsRefused().Limit.ShouldBe(GateLimit.Rpm);
        gate.State.Limits = GateLimits.None;
        gate.Enter();
    }

    [Fact]
    public void Quotas_AfterAnAdmission_SayWhatIsLeft()
    {
        var gate = new GateBench(new RateLimitConfig { Rpm = 10, Tpm = 1000 });
        gate.Enter(100);
        gate.Wait(30);

        var quotas = gate.Ask(200).Quotas;

        quotas.Requests.ShouldBe(new GateQuota(10, 8, TimeSpan.FromSeconds(61)));
        quotas.Tokens.ShouldBe(new GateQuota(1000, 700, TimeSpan.FromSeconds(61)));
    }

    [Fact]
    public void Quotas_OnlyADayIsLimited_AreTheDays() =>
        new GateBench(new RateLimitConfig { Rpd = 5 }).Ask().Quotas.Requests!.Value.Remaining.ShouldBe(4);

    [Fact]
    public void Move_WithItsSnapshot_KnowsEveryLeaseAndCount()
    {
        var gate = new GateBench(new RateLimitConfig { Rpm = 3, Tpm = 1000, Concurrency = 2 }, CooldownConfig.Default);
        var lease = gate.Enter(400);
        var ended = gate.Enter(300);
        gate.Leave(ended, tokens: 100);

        gate.Move();

        var status = gate.State.Status();
        (status.InFlight, status.RequestsThisMinute, status.TokensThisMinute).ShouldBe((1, 2, 500));

        // The one that had ended before does not come back, whoever still shows it.
        gate.State.Renew(ended);
        gate.State.Status().InFlight.ShouldBe(1);
        gate.Leave(lease, tokens: 0);
        gate.State.Status().TokensThisMinute.ShouldBe(100);
    }

    [Fact]
    public void Renew_GivenAfterTheLastSnapshot_IsTakenUpAgainAndCountedOnce()
    {
        var gate = new GateBench(new RateLimitConfig { Rpm = 5, Tpm = 1000, Concurrency = 2 });
        gate.Enter(100);
        var snapshot = gate.State.Snapshot();
        gate.Wait(0.5);
        var late = gate.Enter(200);
        gate.Wait(0.5);

        gate.Move(snapshot);
        gate.State.Status().InFlight.ShouldBe(1);
        gate.State.Renew(late);
        gate.State.Renew(late);

        var status = gate.State.Status();
        (status.InFlight, status.RequestsThisMinute, status.TokensThisMinute).ShouldBe((2, 2, 300));
        gate.IsRefused(0).Limit.ShouldBe(GateLimit.Concurrency);

        // Once released it stays released, though this keeper never gave it.
        gate.Leave(late, tokens: 50);
        gate.State.Renew(late);
        gate.State.Status().InFlight.ShouldBe(1);
        gate.State.Status().TokensThisMinute.ShouldBe(150);
    }

    [Fact]
    public void Release_GivenAfterTheLastSnapshot_IsSettled()
    {
        var gate = new GateBench(new RateLimitConfig { Tpm = 1000 });
        var snapshot = gate.State.Snapshot();
        gate.Wait(0.5);
        var late = gate.Enter(200);
        gate.Move(snapshot);

        gate.Leave(late, tokens: 70);
        gate.Leave(late, tokens: 70);

        gate.State.Status().TokensThisMinute.ShouldBe(70);
    }
}
