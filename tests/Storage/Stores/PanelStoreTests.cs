using System.Text;
using Ensemble.Catalog.Secrets;
using Ensemble.Chat;
using Ensemble.Execution;
using Ensemble.Gates;
using Ensemble.Models;
using Ensemble.Runs;
using Ensemble.Storage.Hosting;
using Ensemble.Storage.Tests.Support;
using Ensemble.Testing;
using Ensemble.Upstreams;
using Ensemble.Usage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ensemble.Storage.Tests.Stores;

public sealed class PanelStoreTests
{
    private static readonly DateTimeOffset T0 = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    public static TheoryData<StorageProvider> All => TestDatabase.All;

    public static TheoryData<StorageProvider> Sql => TestDatabase.Sql;

    [Theory]
    [MemberData(nameof(All))]
    public async Task Save_LargestPayload_ComesBackByteByByteUntilItExpires(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var payload = new byte[IPanelStore.MaxPayloadBytes + 1];
        new Random(5).NextBytes(payload);
        var run = RunId.New();

        // Cut out of a larger buffer, as pooled ones are.
        await database.Another().Panels.SaveAsync(run, payload.AsMemory(1), T0 + Minute, Now.Cancel);

        var store = database.Another().Panels;
        (await store.FindAsync(run, T0 + Minute - TimeSpan.FromMilliseconds(1), Now.Cancel)).ShouldNotBeNull().AsSpan().SequenceEqual(payload.AsSpan(1)).ShouldBeTrue();
        (await store.FindAsync(run, T0 + Minute, Now.Cancel)).ShouldBeNull();
        (await store.FindAsync(RunId.New(), T0, Now.Cancel)).ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Save_SecondOfARun_TakesItsPlaceWithItsExpiry(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var store = database.Another().Panels;
        var run = RunId.New();
        await store.SaveAsync(run, new byte[] { 1 }, T0 + Minute, Now.Cancel);

        await store.SaveAsync(run, new byte[] { 2, 3 }, T0 + (2 * Minute), Now.Cancel);

        (await store.FindAsync(run, T0 + Minute, Now.Cancel)).ShouldNotBeNull().ShouldBe([2, 3]);
        (await store.DeleteExpiredAsync(T0 + Minute, 10, Now.Cancel)).ShouldBe(0);
        (await store.DeleteExpiredAsync(T0 + (2 * Minute), 10, Now.Cancel)).ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task DeleteExpired_ManyExpired_GoesInBatchesAndLeavesTheRest(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var store = database.Another().Panels;
        var runs = Enumerable.Range(0, 10).Select(_ => RunId.New()).ToList();
        for (var index = 0; index < runs.Count; index++)
        {
            await store.SaveAsync(runs[index], new[] { (byte)index }, T0 + (index * Minute), Now.Cancel);
        }

        var now = T0 + (6 * Minute);
        (await store.DeleteExpiredAsync(now, 4, Now.Cancel)).ShouldBe(4);
        (await store.DeleteExpiredAsync(now, 4, Now.Cancel)).ShouldBe(3);
        (await store.DeleteExpiredAsync(now, 4, Now.Cancel)).ShouldBe(0);

        var left = await Task.WhenAll(runs.Select(run => store.FindAsync(run, T0 - Minute, Now.Cancel)));
        left.Select(payload => payload is null).ShouldBe([true, true, true, true, true, true, true, false, false, false]);
    }

    [Theory]
    [MemberData(nameof(Sql))]
    public async Task Run_ThatIsKept_IsInTheDatabaseWithoutAWordThatCanBeRead(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var clock = new ManualTimeProvider();
        SecretSealer.TryCreate(new string('7', 64), out var sealer).ShouldBeTrue();
        var id = RunId.New();
        await using (var panels = new StoredPanels(database.Another().Panels, sealer, TimeSpan.FromHours(1), clock, NullLogger<StoredPanels>.Instance))
        {
            var chat = ChatRequestParser.Parse("""{"model":"panel","messages":[{"role":"user","content":"xyzzy-4711"}]}"""u8.ToArray(), ChatLimits.Default);
            var catalog = new CatalogBuilder().Add(TestModels.Simulated("a"), TestModels.Simulated("b")).Add(TestEnsembles.Of("panel", ["a", "b"], "a")).Build();
            using var run = new Run(
                new RunRequest { Id = id, Chat = chat, CatalogRevision = 1 },
                catalog, new RunServices(new Parrot(), new NoUsageSink(), clock) { Panels = panels }, new SubCallCache(), new RunJournal(1),
                    NullLogger.Instance);
            await run.ExecuteAsync();
        }

        await using var next = new StoredPanels(database.Another().Panels, sealer, TimeSpan.FromHours(1), clock, NullLogger<StoredPanels>.Instance);
        var panel = (await next.FindAsync(id, null, Now.Cancel)).ShouldNotBeNull();
        Encoding.UTF8.GetString(panel.Request.Span).ShouldContain("xyzzy-4711");
        var payload = (await database.Another().Panels.FindAsync(id, clock.GetUtcNow(), Now.Cancel)).ShouldNotBeNull();
        Encoding.Latin1.GetString(payload).ShouldNotContain("xyzzy-4711");
        Encoding.Latin1.GetString(payload).ShouldNotContain("polly");
        clock.Advance(TimeSpan.FromHours(1));
        (await next.FindAsync(id, null, Now.Cancel)).ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Sql))]
    public async Task Sweep_AfterTheirRetention_DeletesThemAndNoOthers(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var clock = new ManualTimeProvider();
        var storage = database.Another(clock);
        await storage.Panels.SaveAsync(RunId.New(), new byte[] { 1 }, clock.GetUtcNow() + ExpirySweep.Interval, Now.Cancel);
        await storage.Panels.SaveAsync(RunId.New(), new byte[] { 2 }, clock.GetUtcNow() + (3 * ExpirySweep.Interval), Now.Cancel);
        using var sweep = new ExpirySweep(storage, 0, clock, NullLogger<ExpirySweep>.Instance);
        await sweep.StartAsync(Now.Cancel);
        await clock.WaitForTimerAsync(ExpirySweep.Interval, Now.Cancel);

        clock.Advance(ExpirySweep.Interval);

        await Eventually.TrueAsync(async () => (await database.QueryAsync("SELECT count(*) FROM run_panels"))[0] == "1", Now.Cancel);

        await sweep.StopAsync(Now.Cancel);
    }

    /// <summary>Models that all say the same.</summary>
    private sealed class Parrot : IModelCaller
    {
        public ValueTask<GateAdmission?> AdmitAsync(ModelCall call, GateHolder holder, CancellationToken cancellationToken) => default;

        public ValueTask ReturnAsync(GateAdmission admission) => default;

        public Task<ModelCallResult> CallAsync(ModelCall call, GateHolder holder, GateAdmission? admission, CancellationToken cancellationToken) => Task.FromResult(new ModelCallResult
        {
            Outcome = CallOutcome.Ok,
            Answer = new ChatAnswer("polly wants a cracker", "stop"),
            Attempts = 1,
            StartedAt = T0,
            Total = Minute,
        });

        public ValueTask<GateRefusal?> RefusalAsync(string model, long tokens, CancellationToken cancellationToken) => default;
    }
}
