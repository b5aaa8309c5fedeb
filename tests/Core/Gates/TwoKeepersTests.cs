using Ensemble.Catalog;
using Ensemble.Gates;
using Ensemble.Storage.Memory;
using Ensemble.Testing;
using Ensemble.Upstreams;
using Ensemble.Usage;

namespace Ensemble.Core.Tests.Gates;

/// <summary>One gate in two processes on one store: two clusters while one replaces the other, or a silo that was thought dead.</summary>
public sealed class TwoKeepersTests : IUsageSink
{
    private static readonly GateKey Key = GateKey.Model("a");

    private readonly ManualTimeProvider _time = new();
    private readonly InMemoryGateStore _store = new();
    private readonly List<UsageEvent> _usage = [];

    void IUsageSink.Append(UsageEvent usage) => _usage.Add(usage);

    [Fact]
    public async Task Rpm_BothAskedAllTheTime_IsPassedByASecondsWorthAtMost()
    {
        const int Rpm = 60, EachSecond = 8;
        await using var one = Open(new RateLimitConfig { Rpm = Rpm });
        await using var other = Open(new RateLimitConfig { Rpm = Rpm });
        var admitted = new Queue<DateTimeOffset>();
        for (var tick = 0; tick < 180 * EachSecond / 2; tick++)
        {
            foreach (var gates in (TestGates[])[one, other])
            {
                if ((await AskAsync(gates)).Lease is { } lease)
                {
                    admitted.Enqueue(_time.GetUtcNow());
                    await gates.ReleaseAsync(lease, new GateRelease(CallOutcome.Ok, null, null));
                }
            }

            _time.Advance(TimeSpan.FromSeconds(2.0 / EachSecond));
            while (admitted.TryPeek(out var first) && first <= _time.GetUtcNow() - TimeSpan.FromMinutes(1))
            {
                admitted.Dequeue();
            }

            admitted.Count.ShouldBeLessThanOrEqualTo(Rpm + EachSecond);
        }

        admitted.Count.ShouldBeGreaterThan(Rpm / 2);
    }

    [Fact]
    public async Task Concurrency_CallsOfBoth_CountTogetherAndEndWhereTheyBegan()
    {
        await using var one = Open(new RateLimitConfig { Concurrency = 2 });
        await using var other = Open(new RateLimitConfig { Concurrency = 2 });
        var (first, second) = ((await AskAsync(one)).Lease!, (await AskAsync(other)).Lease!);
        Pass(3);

        (await AskAsync(one)).Refusal!.Limit.ShouldBe(GateLimit.Concurrency);
        (await AskAsync(other)).Refusal!.Limit.ShouldBe(GateLimit.Concurrency);

        await other.ReleaseAsync(second, new GateRelease(CallOutcome.Ok, null, null));
        Pass(3);
        var third = (await AskAsync(one)).Lease.ShouldNotBeNull();
        for (var round = 0; round < 7; round++)
        {
            await one.RenewAsync(Key, [first, third], CancellationToken.None);
            Pass(10);
        }

        await one.ReleaseAsync(first, new GateRelease(CallOutcome.Ok, null, null));
        await one.ReleaseAsync(third, new GateRelease(CallOutcome.Ok, null, null));
        Pass(3);
        (await other.StatusAsync(Key, CancellationToken.None)).InFlight.ShouldBe(0);
        _usage.ShouldBeEmpty("every call has ended where it began");
    }

    [Fact]
    public async Task Cooldown_OfOne_IsTheOthersWithinASecond()
    {
        await using var one = Open();
        await using var other = Open();
        await AskAsync(other);
        await one.ReleaseAsync((await AskAsync(one)).Lease!, new GateRelease(CallOutcome.AuthenticationFailed, null, null));
        Pass(2);

        (await AskAsync(other)).Refusal!.Limit.ShouldBe(GateLimit.OperatorFault);
    }

    private void Pass(int seconds)
    {
        for (var second = 0; second < seconds; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    private static Task<GateAdmission> AskAsync(TestGates gates) =>
        gates.AcquireAsync(new GateRequest(Key, Guid.NewGuid(), 0, GateBench.Holder), TestContext.Current.CancellationToken).AsTask();

    private TestGates Open(RateLimitConfig? limits = null) => new(
        new TestCatalog(new CatalogBuilder().Add(TestModels.Simulated("a") with { RateLimit = limits }).Build()),
        _time,
        _store,
        this);
}
