using Ensemble.Core.Tests.Models;
using Ensemble.Gates;

namespace Ensemble.Core.Tests.Gates;

public sealed class CompositeLeaseTests
{
    private static readonly GateKey[] Keys = [GateKey.Caller("team"), GateKey.Alias("panel")];

    private readonly ScriptedGate _gate = new();

    [Fact]
    public async Task Acquire_BothAdmit_HoldsBothUntilSettledOnce()
    {
        var admission = await AcquireAsync(500);

        admission.Refusal.ShouldBeNull();
        _gate.Requests.Select(request => (request.Gate, request.Tokens)).ShouldBe([(Keys[0], 500), (Keys[1], 500)]);
        await admission.SettleAsync(321);
        await admission.SettleAsync(null);
        await admission.ReturnAsync();

        _gate.Released.Select(entry => (entry.Release.Tokens, entry.Release.IsUnused)).ShouldBe([(321, false), (321, false)]);
    }

    [Fact]
    public async Task Acquire_OneRefuses_GivesTheOtherBackUnused()
    {
        _gate.Admit().Refuse(TimeSpan.FromSeconds(9));

        var admission = await AcquireAsync();

        (admission.RefusedBy, admission.Refusal!.RetryAfter).ShouldBe((Keys[1], TimeSpan.FromSeconds(9)));
        var released = _gate.Released.ShouldHaveSingleItem();
        (released.Lease.Gate, released.Release).ShouldBe((Keys[0], GateRelease.Unused));
    }

    [Fact]
    public async Task Acquire_BothRefuse_SaysTheLongerWait()
    {
        _gate.Refuse(TimeSpan.FromSeconds(9)).Refuse(TimeSpan.FromSeconds(40));

        (await AcquireAsync()).RefusedBy.ShouldBe(Keys[1]);
    }

    [Fact]
    public async Task Acquire_OneIsOutOfReach_GivesTheOtherBack()
    {
        _gate.Admit().Throw(new TimeoutException("away"));

        await Should.ThrowAsync<TimeoutException>(async () => await AcquireAsync());

        _gate.Released.ShouldHaveSingleItem().Release.ShouldBe(GateRelease.Unused);
    }

    [Fact]
    public async Task Acquire_NoGate_AsksNobody()
    {
        var admission = await CompositeLease.AcquireAsync(_gate, [], 0, TestContext.Current.CancellationToken);

        admission.ShouldBeSameAs(CompositeLease.Free);
        _gate.Requests.ShouldBeEmpty();
    }

    private ValueTask<CompositeLease> AcquireAsync(long tokens = 0) =>
        CompositeLease.AcquireAsync(_gate, Keys, tokens, TestContext.Current.CancellationToken);
}
