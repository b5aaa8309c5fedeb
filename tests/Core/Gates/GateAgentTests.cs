using Ensemble.Catalog;
using Ensemble.Catalog.Serving;
using Ensemble.Core.Tests.Models;
using Ensemble.Core.Tests.Telemetry;
using Ensemble.Gates;
using Ensemble.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ensemble.Core.Tests.Gates;

/// <summary>An agent where each call is asked for: what it tells the authority, and what it waits for.</summary>
public sealed class GateAgentTests : IDisposable
{
    private readonly ScriptedGate _authority = new();
    private readonly ManualTimeProvider _time = new();
    private readonly Measured _measured = new();

    public void Dispose() => _measured.Dispose();

    [Fact]
    public async Task Held_EveryTenSeconds_IsRenewedInOneBatchAGate()
    {
        await using var gates = Open();
        var (first, second, third) = (await EnterAsync(gates, "a"), await EnterAsync(gates, "a"), await EnterAsync(gates, "b"));

        _time.Advance(GateLease.RenewalInterval);

        _authority.Renewed.Count.ShouldBe(2);
        _authority.Renewed.Single(batch => batch.Gate == GateKey.Model("a")).Leases.ShouldBe([first, second], ignoreOrder: true);
        _authority.Renewed.Single(batch => batch.Gate == GateKey.Model("b")).Leases.ShouldBe([third]);
    }

    [Fact]
    public async Task Released_IsRenewedNoMore()
    {
        await using var gates = Open();
        await gates.ReleaseAsync(await EnterAsync(gates, "a"), GateRelease.Unused);

        _time.Advance(GateLease.RenewalInterval);

        _authority.Renewed.ShouldBeEmpty();
        _authority.Released.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Released_Twice_IsToldOnce()
    {
        await using var gates = Open();
        var lease = await EnterAsync(gates, "a");

        await gates.ReleaseAsync(lease, GateRelease.Unused);
        await gates.ReleaseAsync(lease, GateRelease.Unused);

        _authority.Released.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Refused_IsNotHeld()
    {
        _authority.Refuse(TimeSpan.FromSeconds(1));
        await using var gates = Open();
        await gates.AcquireAsync(new GateRequest(GateKey.Model("a"), Guid.NewGuid(), 0, null), TestContext.Current.CancellationToken);

        _time.Advance(GateLease.RenewalInterval);

        _authority.Renewed.ShouldBeEmpty();
    }

    [Fact]
    public async Task Release_AuthorityTakesLong_IsNotWaitedFor()
    {
        var hold = new TaskCompletionSource();
        _authority.ReleaseHold = hold.Task;
        await using var gates = Open();

        await gates.ReleaseAsync(await EnterAsync(gates, "a"), GateRelease.Unused);

        hold.Task.IsCompleted.ShouldBeFalse();
        hold.SetResult();
    }

    [Fact]
    public async Task Release_AuthorityUnavailable_IsNoFaultOfTheAnswer()
    {
        _authority.FailsToRelease = true;
        await using var gates = Open();

        await gates.ReleaseAsync(await EnterAsync(gates, "a"), GateRelease.Unused);
    }

    [Fact]
    public async Task Refused_WhileAReleaseIsUnderWay_AsksAgainWhenThatHasArrived()
    {
        var hold = new TaskCompletionSource();
        _authority.ReleaseHold = hold.Task;
        await using var gates = Open();
        await gates.ReleaseAsync(await EnterAsync(gates, "a"), GateRelease.Unused);

        _authority.Refuse(TimeSpan.FromSeconds(1), GateLimit.Concurrency);
        var asking = gates.AcquireAsync(new GateRequest(GateKey.Model("a"), Guid.NewGuid(), 0, null), TestContext.Current.CancellationToken).AsTask();
        asking.IsCompleted.ShouldBeFalse();
        hold.SetResult();

        (await asking).Lease.ShouldNotBeNull();
    }

    private GateAgent Open() => new(
        _authority,
        new StaticCatalog(new CatalogSnapshot(1, [], [], [])),
        _time,
        new GateInstruments(_measured.Meter),
        NullLogger<GateAgent>.Instance);

    private static async Task<GateLease> EnterAsync(GateAgent gates, string model) =>
        (await gates.AcquireAsync(new GateRequest(GateKey.Model(model), Guid.NewGuid(), 0, null), TestContext.Current.CancellationToken)).Lease!;
}
