using Ensemble.Core.Tests.Models;
using Ensemble.Gates;
using Ensemble.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ensemble.Core.Tests.Gates;

public sealed class RenewingGatesTests
{
    private readonly ScriptedGate _inner = new();
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task Held_EveryTenSeconds_IsRenewedInOneBatchAGate()
    {
        await using var gates = Open();
        var (first, second, third) = (await EnterAsync(gates, "a"), await EnterAsync(gates, "a"), await EnterAsync(gates, "b"));

        _time.Advance(GateLease.RenewalInterval);

        _inner.Renewed.Count.ShouldBe(2);
        _inner.Renewed.Single(batch => batch.Gate == GateKey.Model("a")).Leases.ShouldBe([first, second], ignoreOrder: true);
        _inner.Renewed.Single(batch => batch.Gate == GateKey.Model("b")).Leases.ShouldBe([third]);
    }

    [Fact]
    public async Task Released_IsRenewedNoMore()
    {
        await using var gates = Open();
        await gates.ReleaseAsync(await EnterAsync(gates, "a"), GateRelease.Unused);

        _time.Advance(GateLease.RenewalInterval);

        _inner.Renewed.ShouldBeEmpty();
        _inner.Released.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Refused_IsNotHeld()
    {
        _inner.Refuse(TimeSpan.FromSeconds(1));
        await using var gates = Open();
        await gates.AcquireAsync(new GateRequest(GateKey.Model("a"), Guid.NewGuid(), 0, null), TestContext.Current.CancellationToken);

        _time.Advance(GateLease.RenewalInterval);

        _inner.Renewed.ShouldBeEmpty();
    }

    private RenewingGates Open() => new(_inner, _time, NullLogger<RenewingGates>.Instance);

    private static async Task<GateLease> EnterAsync(RenewingGates gates, string model) =>
        (await gates.AcquireAsync(new GateRequest(GateKey.Model(model), Guid.NewGuid(), 0, null), TestContext.Current.CancellationToken)).Lease!;
}
