using Ensemble.Catalog;
using Ensemble.Gates;
using Ensemble.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace Ensemble.Core.Tests.Gates;

/// <summary>
/// Three processes and one authority over a wire that takes its time, in random schedules of calls, lost answers, deaths and moves: what
/// holds in every one of them. The processes' clocks differ by hours.
/// </summary>
public sealed class GateAllowancePropertyTests
{
    private const int Processes = 3;

    private static readonly RateLimitConfig Limits = new() { Rpm = 90, Tpm = 9000, Concurrency = 24 };

    /// <summary>What happens, to which process, how long after the last event, and how many tokens.</summary>
    private static readonly Gen<(int Action, int Process, int WaitMs, int Tokens)> Step =
        from action in Gen.Choose(0, 99)
        from process in Gen.Choose(0, Processes - 1)
        from wait in Gen.Frequency((8, Gen.Choose(0, 40)), (4, Gen.Choose(40, 900)), (1, Gen.Choose(900, 6_000)))
        from tokens in Gen.Choose(0, 200)
        select (action, process, wait, tokens);

    [Fact]
    public void AnySchedule_NoMinuteBeginsMoreThanTheLimitsAndNoPlaceIsTakenTwice()
    {
        var inBulk = 0;
        Prop.ForAll(Arb.From(Step.ListOf(300)), steps =>
        {
            var script = new AllowanceScript(Limits, Processes);
            steps.ToList().ForEach(script.Do);

            script.MostInAMinute().ShouldBeLessThanOrEqualTo(Limits.Rpm!.Value);
            script.MostTokens.ShouldBeLessThanOrEqualTo(Limits.Tpm!.Value);
            script.MostInFlight.ShouldBeLessThanOrEqualTo(Limits.Concurrency!.Value);
            script.FalseRefusals.ShouldBeEmpty();
            inBulk += script.InBulk;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

        inBulk.ShouldBeGreaterThan(1000, "most calls far from the limits are not asked for");
    }

    [Fact]
    public void Report_ThatOvertakesTheOneBeforeIt_LeavesNeitherPlacesNorCallsBehind()
    {
        var state = new GateState(GateBench.Key, new GateLimits(Limits, null), 1, new ManualTimeProvider());
        var lease = new GateLease(GateBench.Key, Guid.NewGuid(), 1, 0, 100, IsProbe: false, Holder: null);
        var began = new GateReport { Agent = Guid.NewGuid(), Number = 1, Requests = 1, Slots = 9, Started = [lease] };

        state.Settle(began with
        {
            Number = 2,
            Requests = 0,
            Slots = 0,
            Started = [],
            Ended = [new GateEnd(lease.Id, 30, IsUnused: false)]
        });
        state.Settle(began);

        var status = state.Status();
        (state.Places, status.InFlight, status.RequestsThisMinute, status.TokensThisMinute).ShouldBe((0L, 0, 1L, 30L));
    }

    [Fact]
    public void Report_ThatOvertakesTheEndOfACall_LeavesNoPlaceBehind()
    {
        var state = new GateState(GateBench.Key, new GateLimits(Limits, null), 1, new ManualTimeProvider());
        var lease = new GateLease(GateBench.Key, Guid.NewGuid(), 1, 0, 100, IsProbe: false, Holder: null);
        var began = new GateReport { Agent = Guid.NewGuid(), Number = 1, Requests = 1, Slots = 1, Started = [lease] };
        state.Settle(began);

        state.Settle(began with { Number = 3, Requests = 0, Slots = 0, Started = [] });
        var before = state.Places;
        state.Settle(began with
        {
            Number = 2,
            Requests = 0,
            Slots = 0,
            Started = [],
            Ended = [new GateEnd(lease.Id, 30, IsUnused: false)]
        });

        (before, state.Places, state.Status().InFlight).ShouldBe((1L, 0L, 0));
    }

    [Fact]
    public void AnySchedule_AtRest_EverythingIsBackAfterThreeSeconds()
    {
        Prop.ForAll(Arb.From(Step.Where(step => step.Action < AllowanceScript.FirstFault).ListOf(120)), steps =>
        {
            var script = new AllowanceScript(Limits, Processes);
            steps.ToList().ForEach(script.Do);
            script.EndAll();
            script.Pass(3_200);

            script.State.Status().InFlight.ShouldBe(0);
            script.State.Places.ShouldBe(0);
            script.State.Outstanding.ShouldBe(default);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }
}
