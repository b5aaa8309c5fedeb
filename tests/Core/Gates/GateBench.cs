using Ensemble.Catalog;
using Ensemble.Core.Tests.Runs;
using Ensemble.Gates;
using Ensemble.Testing;
using Ensemble.Upstreams;

namespace Ensemble.Core.Tests.Gates;

/// <summary>One gate, its clock, and short ways to ask it.</summary>
internal sealed class GateBench
{
    public static readonly GateKey Key = GateKey.Model("m");

    public static readonly GateHolder Holder = new(RunBench.Id, 1, "panel", SubCallRole.Panel, new SubCallKey(SubCallStep.Candidate, 2, 1));

    public GateBench(RateLimitConfig? rate = null, CooldownConfig? cooldown = null)
    {
        Limits = new GateLimits(rate, cooldown);
        State = new GateState(Key, Limits, 1, Time);
    }

    public ManualTimeProvider Time { get; } = new();

    public GateLimits Limits { get; }

    public GateState State { get; private set; }

    public GateAdmission Ask(long tokens = 0, Guid? lease = null) => State.Acquire(new GateRequest(Key, lease ?? Guid.NewGuid(), tokens, Holder));

    public GateLease Enter(long tokens = 0)
    {
        var admission = Ask(tokens);
        admission.Refusal.ShouldBeNull();
        return admission.Lease!;
    }

    public GateRefusal IsRefused(long tokens = 0)
    {
        var admission = Ask(tokens);
        admission.Lease.ShouldBeNull();
        return admission.Refusal!;
    }

    public void Leave(GateLease lease, CallOutcome outcome = CallOutcome.Ok, long? tokens = null, TimeSpan? retryAfter = null) =>
        State.Release(lease, new GateRelease(outcome, tokens, retryAfter));

    /// <summary>A call that ends at once.</summary>
    public void Call(CallOutcome outcome, TimeSpan? retryAfter = null) => Leave(Enter(), outcome, retryAfter: retryAfter);

    public void Wait(double seconds) => Time.Advance(TimeSpan.FromSeconds(seconds));

    /// <summary>As after a move: the next keeper, with the snapshot of now.</summary>
    public void Move() => Move(State.Snapshot());

    public void Move(byte[] snapshot) => State = new GateState(Key, Limits, ++_epoch, Time, snapshot);

    private long _epoch = 1;
}
