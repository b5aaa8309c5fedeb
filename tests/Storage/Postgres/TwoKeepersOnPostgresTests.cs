using Ensemble.Catalog;
using Ensemble.Gates;
using Ensemble.Storage.Tests.Support;
using Ensemble.Testing;
using Ensemble.Upstreams;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ensemble.Storage.Tests.Postgres;

/// <summary>One gate kept by two clusters on one database, as while one replaces the other.</summary>
public sealed class TwoKeepersOnPostgresTests
{
    private const int Rpm = 60;
    private const int AsksASecond = 8;
    private const int Seconds = 150;

    private static readonly GateKey Key = GateKey.Model("a");

    [Fact]
    public async Task Rpm_BothAskedAllTheTime_IsPassedByASecondsWorthAtMost()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Postgres);
        var clock = new ManualTimeProvider();
        GateHost[] keepers = [await OpenAsync(database.Another(clock), clock), await OpenAsync(database.Another(clock), clock)];
        var admitted = new Queue<DateTimeOffset>();
        var most = 0;
        var otherSeen = 0;
        for (var second = 0; second < Seconds; second++)
        {
            for (var ask = 0; ask < AsksASecond; ask++)
            {
                var keeper = keepers[ask % keepers.Length];
                if ((await keeper.AcquireAsync(new GateRequest(Key, Guid.NewGuid(), 0, null))).Lease is { } lease)
                {
                    keeper.Release(lease, new GateRelease(CallOutcome.Ok, null, null));
                    admitted.Enqueue(clock.GetUtcNow());
                }

                clock.Advance(TimeSpan.FromSeconds(1.0 / AsksASecond));
                while (admitted.TryPeek(out var first) && first <= clock.GetUtcNow() - TimeSpan.FromMinutes(1))
                {
                    admitted.Dequeue();
                }

                most = Math.Max(most, admitted.Count);
            }

            foreach (var keeper in keepers)
            {
                otherSeen += await keeper.SaveAsync() ? 0 : 1;
            }
        }

        most.ShouldBeInRange(Rpm, Rpm + AsksASecond);
        otherSeen.ShouldBe(keepers.Length, "each says once that there is another");
    }

    [Fact]
    public async Task Concurrency_CallsOfBoth_CountTogetherAfterASecond()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Postgres);
        var clock = new ManualTimeProvider();
        var (one, other) = (await OpenAsync(database.Another(clock), clock), await OpenAsync(database.Another(clock), clock));
        for (var call = 0; call < 2; call++)
        {
            (await one.AcquireAsync(new GateRequest(Key, Guid.NewGuid(), 0, null))).Lease.ShouldNotBeNull();
            (await other.AcquireAsync(new GateRequest(Key, Guid.NewGuid(), 0, null))).Lease.ShouldNotBeNull();
        }

        for (var second = 0; second < 3; second++)
        {
            clock.Advance(GateHost.SaveInterval);
            await one.SaveAsync();
            await other.SaveAsync();
        }

        (await one.AcquireAsync(new GateRequest(Key, Guid.NewGuid(), 0, null))).Refusal!.Limit.ShouldBe(GateLimit.Concurrency);
        (await other.AcquireAsync(new GateRequest(Key, Guid.NewGuid(), 0, null))).Refusal!.Limit.ShouldBe(GateLimit.Concurrency);
    }

    private static Task<GateHost> OpenAsync(IEnsembleStorage storage, TimeProvider clock) => GateHost.OpenAsync(
        Key,
        new TestCatalog(new CatalogBuilder().Add(TestModels.Simulated("a") with { RateLimit = new RateLimitConfig { Rpm = Rpm, Concurrency = 4 } }).Build()),
        storage.Gates,
        clock,
        NullLogger.Instance);
}
