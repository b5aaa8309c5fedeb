using Ensemble.Catalog;
using Ensemble.Gates;
using Ensemble.Testing;
using Ensemble.Upstreams;
using FsCheck;
using FsCheck.Fluent;

namespace Ensemble.Core.Tests.Gates;

/// <summary>Random schedules of calls: what holds in every one of them.</summary>
public sealed class GateStatePropertyTests
{
    private static readonly RateLimitConfig Limits = new() { Rpm = 7, Tpm = 1000, Concurrency = 4 };

    /// <summary>What happens (0–5 ask, 6–8 release one, 9 renew all, 10 move), how long after the last one, and how many tokens.</summary>
    private static readonly Gen<(int Action, int WaitMs, int Tokens)> Step =
        from action in Gen.Choose(0, 10)
        from wait in Gen.Frequency((6, Gen.Choose(0, 400)), (2, Gen.Choose(400, 8_000)), (1, Gen.Choose(8_000, 45_000)))
        from tokens in Gen.Choose(0, 400)
        select (action, wait, tokens);

    [Fact]
    public void AnySchedule_NoSlidingMinuteAdmitsMoreThanTheLimits()
    {
        Prop.ForAll(Arb.From(Step.ListOf(80)), steps =>
        {
            var script = new Script();
            steps.ToList().ForEach(script.Do);

            foreach (var (_, end, _) in script.Admitted)
            {
                var minute = script.Admitted.Where(entry => entry.At <= end && entry.At > end - TimeSpan.FromMinutes(1)).ToList();
                minute.Count.ShouldBeLessThanOrEqualTo(Limits.Rpm!.Value);
            }

            script.MostHeldInAMinute.ShouldBeLessThanOrEqualTo(Limits.Tpm!.Value);
            script.MostInFlight.ShouldBeLessThanOrEqualTo(Limits.Concurrency!.Value);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void AnySchedule_EveryLeaseEndsReleasedOrLostAndNeverBoth()
    {
        Prop.ForAll(Arb.From(Step.ListOf(60)), steps =>
        {
            var script = new Script();
            steps.ToList().ForEach(script.Do);
            script.Pass(GateLease.Lifetime);

            script.State.Status().InFlight.ShouldBe(0);
            script.Lost.Concat(script.ReleasedInTime).ShouldBeUnique();
            script.Lost.Concat(script.ReleasedInTime).Order().ShouldBe(script.Admitted.Select(entry => entry.Id).Order());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    [Fact]
    public void IndependentReleases_InAnyOrder_LeaveTheSameState()
    {
        var calls = Gen.Choose(0, 300).Zip(Gen.Choose(0, 500)).ListOf(6);
        Prop.ForAll(Arb.From(calls), Arb.From(Gen.Shuffle(Enumerable.Range(0, 6))), (used, order) =>
        {
            Ended(Enumerable.Range(0, 6)).ShouldBe(Ended(order));

            byte[] Ended(IEnumerable<int> sequence)
            {
                var time = new ManualTimeProvider();
                var state = new GateState(GateBench.Key, new GateLimits(new RateLimitConfig { Tpm = 10_000 }, CooldownConfig.Default), 1, time);
                var leases = new List<GateLease>();
                for (var index = 0; index < used.Count; index++)
                {
                    leases.Add(state.Acquire(new GateRequest(GateBench.Key, new Guid(index, 0, 0, new byte[8]), used[index].Item1, null)).Lease!);
                    time.Advance(TimeSpan.FromMilliseconds(700));
                }

                foreach (var index in sequence)
                {
                    state.Release(leases[index], new GateRelease(CallOutcome.Ok, used[index].Item2, null));
                }

                return state.Snapshot();
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    [Fact]
    public void Snapshot_RoundTripAtAnyMoment_ChangesNothing()
    {
        Prop.ForAll(Arb.From(Step.Where(step => step.Action != 10).ListOf(60)), Arb.From(Gen.Choose(0, 59)), (steps, at) =>
        {
            var (straight, moved) = (new Script(), new Script());
            for (var index = 0; index < steps.Count; index++)
            {
                if (index == at)
                {
                    moved.Move();
                }

                straight.Do(steps[index]);
                moved.Do(steps[index]);
            }

            moved.Admitted.ShouldBe(straight.Admitted);
            moved.Refusals.ShouldBe(straight.Refusals);
            moved.Lost.ShouldBe(straight.Lost, ignoreOrder: true);
            moved.State.Status().ShouldBe(straight.State.Status());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    [Fact]
    public void Settled_AnySchedule_CountsWhatWasUsedOrHeldAndNothingElse()
    {
        Prop.ForAll(Arb.From(Gen.Choose(0, 300).Zip(Gen.Choose(0, 900)).ListOf(20)), calls =>
        {
            var gate = new GateBench(new RateLimitConfig { Tpm = 1_000_000 });
            foreach (var (held, used) in calls)
            {
                gate.Leave(gate.Enter(held), tokens: used);
            }

            gate.State.Status().TokensThisMinute.ShouldBe(calls.Sum(call => call.Item2));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }

    private sealed class Script
    {
        private static readonly GateLimits All = new(Limits, CooldownConfig.Default);

        private readonly ManualTimeProvider _time = new();
        private readonly List<GateLease> _out = [];
        private int _leases;
        private long _epoch = 1;

        public Script() => State = new GateState(GateBench.Key, All, 1, _time);

        public GateState State { get; private set; }

        public List<(Guid Id, DateTimeOffset At, long Tokens)> Admitted { get; } = [];

        public List<GateRefusal> Refusals { get; } = [];

        public List<Guid> Lost { get; } = [];

        public List<Guid> ReleasedInTime { get; } = [];

        public int MostInFlight { get; private set; }

        /// <summary>Of tokens that were held at admission, each with what it was settled to where that was less.</summary>
        public long MostHeldInAMinute { get; private set; }

        private readonly Dictionary<Guid, long> _counted = [];

        public void Do((int Action, int WaitMs, int Tokens) step)
        {
            Pass(TimeSpan.FromMilliseconds(step.WaitMs));
            switch (step.Action)
            {
                case < 6:
                    Ask(step.Tokens);
                    break;
                case < 9 when _out.Count > 0:
                    Release(_out[step.Tokens % _out.Count], step.Tokens);
                    break;
                case 9:
                    _out.ForEach(State.Renew);
                    break;
                case 10:
                    Move();
                    break;
            }
        }

        public void Pass(TimeSpan time)
        {
            _time.Advance(time);
            foreach (var lost in State.TakeExpired())
            {
                Lost.Add(lost.Id);
                _out.RemoveAll(lease => lease.Id == lost.Id);
            }
        }

        public void Move() => State = new GateState(GateBench.Key, All, ++_epoch, _time, State.Snapshot());

        private void Ask(int tokens)
        {
            var admission = State.Acquire(new GateRequest(GateBench.Key, new Guid(++_leases, 0, 0, new byte[8]), tokens, GateBench.Holder));
            if (admission.Lease is not { } lease)
            {
                Refusals.Add(admission.Refusal!);
                return;
            }

            _out.Add(lease);
            Admitted.Add((lease.Id, _time.GetUtcNow(), tokens));
            _counted[lease.Id] = tokens;
            MostInFlight = Math.Max(MostInFlight, _out.Count);
            var held = Admitted.Where(entry => entry.At > _time.GetUtcNow() - TimeSpan.FromMinutes(1)).Sum(entry => _counted[entry.Id]);
            MostHeldInAMinute = Math.Max(MostHeldInAMinute, held);
        }

        private void Release(GateLease lease, int tokens)
        {
            _out.Remove(lease);
            ReleasedInTime.Add(lease.Id);

            // Up to what was held: what is beyond it, nobody knew when the call was let through.
            _counted[lease.Id] = Math.Min(tokens, _counted[lease.Id]);
            State.Release(lease, new GateRelease(CallOutcome.Ok, tokens, null));
            State.Release(lease, new GateRelease(CallOutcome.Ok, tokens, null));
        }
    }
}
