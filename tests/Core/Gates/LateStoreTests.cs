using Ensemble.Catalog;
using Ensemble.Gates;
using Ensemble.Storage.Memory;
using Ensemble.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ensemble.Core.Tests.Gates;

/// <summary>A store that hangs: what was sent to it is given up, and may arrive later.</summary>
public sealed class LateStoreTests : IGateStore
{
    private static readonly GateKey Key = GateKey.Model("a");

    private readonly ManualTimeProvider _time = new();
    private readonly InMemoryGateStore _store = new();
    private readonly List<Func<Task>> _late = [];
    private bool _hangs;

    async Task<StoredGate> IGateStore.TakeOverAsync(string gate, CancellationToken cancellationToken)
    {
        if (_hangs)
        {
            _late.Add(() => _store.TakeOverAsync(gate, CancellationToken.None));
            throw new TimeoutException();
        }

        return await _store.TakeOverAsync(gate, cancellationToken);
    }

    async Task<bool> IGateStore.SaveAsync(string gate, long epoch, ReadOnlyMemory<byte> snapshot, CancellationToken cancellationToken)
    {
        if (_hangs)
        {
            _late.Add(() => _store.SaveAsync(gate, epoch, snapshot, CancellationToken.None));
            throw new TimeoutException();
        }

        return await _store.SaveAsync(gate, epoch, snapshot, cancellationToken);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Save_StoreHungAndDoesEverythingLater_CountsNothingTwiceAndSeesNoOtherKeeper(bool arrivesFirst)
    {
        var gate = await OpenAsync();
        Admit(gate, 3);
        (await gate.SaveAsync()).ShouldBeTrue();
        _hangs = true;
        for (var second = 0; second < 3; second++)
        {
            Admit(gate, 1);
            (await gate.SaveAsync()).ShouldBeTrue();
        }

        _hangs = false;
        if (arrivesFirst)
        {
            await ArriveAsync();
        }

        (await gate.SaveAsync()).ShouldBeTrue();
        await ArriveAsync();
        Admit(gate, 1);
        (await gate.SaveAsync()).ShouldBeTrue();

        (await gate.StatusAsync()).RequestsThisMinute.ShouldBe(7);
        (await (await OpenAsync()).StatusAsync()).RequestsThisMinute.ShouldBe(7);
    }

    [Fact]
    public async Task Save_OlderStateArrivesAfterANewerOne_IsVoid()
    {
        var gate = await OpenAsync();
        _hangs = true;
        Admit(gate, 1);
        await gate.SaveAsync();
        _hangs = false;
        Admit(gate, 4);
        await gate.SaveAsync();

        await ArriveAsync();

        (await (await OpenAsync()).StatusAsync()).RequestsThisMinute.ShouldBe(5);
    }

    [Fact]
    public async Task Save_AnotherKeeperSavedWhileItHung_IsSeenAndAddsUp()
    {
        var gate = await OpenAsync();
        Admit(gate, 2);
        await gate.SaveAsync();
        _hangs = true;
        Admit(gate, 1);
        await gate.SaveAsync();
        _hangs = false;
        var other = await OpenAsync();
        Admit(other, 4);
        await other.SaveAsync();

        (await gate.SaveAsync()).ShouldBeFalse();

        (await gate.StatusAsync()).RequestsThisMinute.ShouldBe(7);
    }

    private static void Admit(GateHost gate, int count)
    {
        for (var call = 0; call < count; call++)
        {
            gate.Acquire(new GateRequest(Key, Guid.NewGuid(), 0, GateBench.Holder)).Lease.ShouldNotBeNull();
        }
    }

    private async Task ArriveAsync()
    {
        foreach (var late in _late)
        {
            await late();
        }

        _late.Clear();
    }

    private Task<GateHost> OpenAsync() => GateHost.OpenAsync(
        Key,
        new TestCatalog(new CatalogBuilder().Add(TestModels.Simulated("a") with { RateLimit = new RateLimitConfig { Rpm = 100 } }).Build()),
        this,
        _time,
        NullLogger.Instance);
}
