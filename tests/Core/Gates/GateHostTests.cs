using Ensemble.Catalog;
using Ensemble.Gates;
using Ensemble.Storage.Memory;
using Ensemble.Testing;
using Ensemble.Upstreams;
using Ensemble.Usage;

namespace Ensemble.Core.Tests.Gates;

public sealed class GateHostTests : IUsageSink
{
    private static readonly GateKey Key = GateKey.Model("a");

    private readonly ManualTimeProvider _time = new();
    private readonly InMemoryGateStore _store = new();
    private readonly List<UsageEvent> _usage = [];
    private readonly TestCatalog _catalog = new(Catalog(new RateLimitConfig { Concurrency = 10 }));

    void IUsageSink.Append(UsageEvent usage) => _usage.Add(usage);

    [Fact]
    public async Task Acquire_FromManyThreads_AdmitsExactlyTheLimit()
    {
        await using var gates = Open();
        var admissions = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() => AskAsync(gates), TestContext.Current.CancellationToken)));

        admissions.Count(admission => admission.Lease is not null).ShouldBe(10);
        admissions.Where(admission => admission.Lease is not null).Select(admission => admission.Lease!.Id).ShouldBeUnique();
    }

    [Fact]
    public async Task Acquire_OneGateFull_LeavesTheOthers()
    {
        await using var gates = Open(new RateLimitConfig { Concurrency = 1 });
        (await AskAsync(gates)).Lease.ShouldNotBeNull();
        (await AskAsync(gates)).Refusal!.Limit.ShouldBe(GateLimit.Concurrency);

        (await AskAsync(gates, GateKey.Model("b"))).Lease.ShouldNotBeNull();
        (await AskAsync(gates, GateKey.Alias("a"))).Lease.ShouldNotBeNull();
    }

    [Fact]
    public async Task Acquire_CatalogChanged_HasTheNewLimitsAtOnce()
    {
        await using var gates = Open(new RateLimitConfig { Rpm = 1 });
        await AskAsync(gates);
        (await AskAsync(gates)).Lease.ShouldBeNull();

        _catalog.Change(Catalog(new RateLimitConfig { Rpm = 2 }));
        (await AskAsync(gates)).Lease.ShouldNotBeNull();
        (await AskAsync(gates)).Lease.ShouldBeNull();

        // A run that began before may still call a model that has gone; its limits go on.
        _catalog.Change(new CatalogBuilder().Build());
        (await AskAsync(gates)).Lease.ShouldBeNull();
    }

    [Fact]
    public async Task Restart_AfterASecond_GoesOnWhereItWas()
    {
        await using (var gates = Open(new RateLimitConfig { Rpm = 2 }))
        {
            await AskAsync(gates);
            await AskAsync(gates);
            _time.Advance(GateHost.SaveInterval);

            // Killed: nothing is saved at the end. The next process takes the gate over from this one.
            await using var next = Open(new RateLimitConfig { Rpm = 2 });
            (await AskAsync(next)).Refusal!.Limit.ShouldBe(GateLimit.Rpm);
        }

        await using var third = Open(new RateLimitConfig { Rpm = 2 });
        (await AskAsync(third)).Refusal!.Limit.ShouldBe(GateLimit.Rpm);
    }

    [Fact]
    public async Task Restart_AfterAStop_HasSavedTheLastMoment()
    {
        await using (var gates = Open(new RateLimitConfig { Rpm = 1 }))
        {
            await AskAsync(gates);
        }

        await using var next = Open(new RateLimitConfig { Rpm = 1 });
        (await AskAsync(next)).Lease.ShouldBeNull();
    }

    [Fact]
    public async Task Restart_LeaseOfTheDeadProcess_IsLostAndSaidSo()
    {
        // Its clock stands still from then on, and so does everything that it would do.
        var clockOfTheDead = new ManualTimeProvider();
        var gates = Open(new RateLimitConfig { Concurrency = 1 }, time: clockOfTheDead);
        var lease = (await AskAsync(gates)).Lease!;
        clockOfTheDead.Advance(GateHost.SaveInterval);

        await using var next = Open(new RateLimitConfig { Concurrency = 1 });
        (await AskAsync(next)).Lease.ShouldBeNull();
        _time.Advance(GateLease.Lifetime);

        (await AskAsync(next)).Lease.ShouldNotBeNull();
        var lost = _usage.ShouldHaveSingleItem();
        (lost.Outcome, lost.Run, lost.Key, lost.Model).ShouldBe((CallOutcome.Lost, GateBench.Holder.Run, GateBench.Holder.Key, "a"));
        lost.StartedAt.ShouldBe(DateTimeOffset.FromUnixTimeMilliseconds(lease.AdmittedAt));
        (lost.PromptTokens, lost.CostUsd, lost.Source).ShouldBe((null, null, UsageSource.None));
    }

    [Fact]
    public async Task Store_Unavailable_LimitsHoldFromMemoryAndAreSavedLater()
    {
        var store = new FailingStore(_store) { IsUnavailable = true };
        await using var gates = Open(new RateLimitConfig { Rpm = 1 }, store);
        (await AskAsync(gates)).Lease.ShouldNotBeNull();
        (await AskAsync(gates)).Lease.ShouldBeNull();
        _time.Advance(GateHost.SaveInterval);

        store.IsUnavailable = false;
        _time.Advance(GateHost.SaveInterval);

        await using var next = Open(new RateLimitConfig { Rpm = 1 });
        (await AskAsync(next)).Lease.ShouldBeNull();
    }

    [Fact]
    public async Task Status_OfAModelInUse_SaysHowItStands()
    {
        await using var gates = Open(new RateLimitConfig { Rpm = 5 });
        var lease = (await AskAsync(gates, tokens: 12)).Lease!;
        await gates.ReleaseAsync(lease, new GateRelease(CallOutcome.AuthenticationFailed, 0, null));
        await AskAsync(gates);

        var status = await gates.StatusAsync(Key, CancellationToken.None);

        (status.InFlight, status.RequestsThisMinute, status.Failures, status.CooldownCause).ShouldBe((0, 1, 1, CallOutcome.AuthenticationFailed));
        (await gates.RefusalAsync(Key, 0, CancellationToken.None))!.Limit.ShouldBe(GateLimit.OperatorFault);
    }

    private static CatalogSnapshot Catalog(RateLimitConfig limits) => new CatalogBuilder()
        .Add(TestModels.Simulated("a") with { RateLimit = limits }, TestModels.Simulated("b") with { RateLimit = limits })
        .Build();

    private static Task<GateAdmission> AskAsync(TestGates gates, GateKey? key = null, long tokens = 0) =>
        gates.AcquireAsync(new GateRequest(key ?? Key, Guid.NewGuid(), tokens, GateBench.Holder), TestContext.Current.CancellationToken).AsTask();

    private TestGates Open(RateLimitConfig? limits = null, IGateStore? store = null, TimeProvider? time = null)
    {
        if (limits is not null)
        {
            _catalog.Change(Catalog(limits));
        }

        return new TestGates(_catalog, time ?? _time, store ?? _store, this);
    }

    private sealed class FailingStore(IGateStore inner) : IGateStore
    {
        public bool IsUnavailable { get; set; }

        public Task<StoredGate> TakeOverAsync(string gate, CancellationToken cancellationToken) =>
            IsUnavailable ? throw new TimeoutException() : inner.TakeOverAsync(gate, cancellationToken);

        public Task<bool> SaveAsync(string gate, long epoch, ReadOnlyMemory<byte> snapshot, CancellationToken cancellationToken) =>
            IsUnavailable ? throw new TimeoutException() : inner.SaveAsync(gate, epoch, snapshot, cancellationToken);
    }
}
