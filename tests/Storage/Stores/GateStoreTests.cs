using Ensemble.Gates;
using Ensemble.Storage.Tests.Support;

namespace Ensemble.Storage.Tests.Stores;

public sealed class GateStoreTests
{
    private const string Gate = "model:a";

    public static TheoryData<StorageProvider> All => TestDatabase.All;

    [Theory]
    [MemberData(nameof(All))]
    public async Task TakeOver_First_HasNoSnapshot(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);

        var gate = await database.Another().Gates.TakeOverAsync(Gate, Now.Cancel);

        gate.Epoch.ShouldBeGreaterThan(0);
        gate.Snapshot.ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task TakeOver_Again_RaisesTheEpochAndHandsOnTheSnapshot(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var first = database.Another().Gates;
        var before = await first.TakeOverAsync(Gate, Now.Cancel);
        (await first.SaveAsync(Gate, before.Epoch, Bytes(1), Now.Cancel)).ShouldBeTrue();
        (await first.SaveAsync(Gate, before.Epoch, Bytes(2, 3), Now.Cancel)).ShouldBeTrue();

        var after = await database.Another().Gates.TakeOverAsync(Gate, Now.Cancel);

        after.Epoch.ShouldBeGreaterThan(before.Epoch);
        after.Snapshot!.Value.ToArray().ShouldBe([2, 3]);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Save_AfterSomebodyTookOver_IsRefusedAndChangesNothing(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var (old, young) = (database.Another().Gates, database.Another().Gates);
        var before = await old.TakeOverAsync(Gate, Now.Cancel);
        await old.SaveAsync(Gate, before.Epoch, Bytes(1), Now.Cancel);
        var after = await young.TakeOverAsync(Gate, Now.Cancel);

        (await old.SaveAsync(Gate, before.Epoch, Bytes(9), Now.Cancel)).ShouldBeFalse();

        (await young.SaveAsync(Gate, after.Epoch, Bytes(2), Now.Cancel)).ShouldBeTrue();
        (await old.SaveAsync(Gate, before.Epoch, Bytes(9), Now.Cancel)).ShouldBeFalse();
        (await old.TakeOverAsync(Gate, Now.Cancel)).Snapshot!.Value.ToArray().ShouldBe([2]);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Save_NobodyTookOver_IsRefused(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var store = database.Another().Gates;
        var other = await store.TakeOverAsync("model:b", Now.Cancel);

        (await store.SaveAsync(Gate, other.Epoch, Bytes(1), Now.Cancel)).ShouldBeFalse();

        (await store.TakeOverAsync(Gate, Now.Cancel)).Snapshot.ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task TakeOver_ByManyAtOnce_GivesEachAnEpochOfItsOwnAndTheHighestOneWrites(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var stores = Enumerable.Range(0, 4).Select(_ => database.Another().Gates).ToList();
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var takers = Enumerable.Range(0, 16).Select(async taker =>
        {
            await start.Task;
            return (await stores[taker % stores.Count].TakeOverAsync(Gate, Now.Cancel)).Epoch;
        }).ToList();
        start.SetResult();

        var epochs = await Task.WhenAll(takers);

        epochs.Distinct().Count().ShouldBe(16);
        foreach (var epoch in epochs)
        {
            (await stores[0].SaveAsync(Gate, epoch, Bytes(1), Now.Cancel)).ShouldBe(epoch == epochs.Max());
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Save_LargestSnapshot_IsKeptAndALargerOneRefused(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var store = database.Another().Gates;
        var gate = await store.TakeOverAsync("caller:it's \"me\" 😀", Now.Cancel);
        var largest = new byte[StoredGate.MaxSnapshotBytes];
        new Random(3).NextBytes(largest);

        (await store.SaveAsync("caller:it's \"me\" 😀", gate.Epoch, largest, Now.Cancel)).ShouldBeTrue();
        await Should.ThrowAsync<ArgumentException>(
            () => store.SaveAsync("caller:it's \"me\" 😀", gate.Epoch, new byte[StoredGate.MaxSnapshotBytes + 1], Now.Cancel));

        (await store.TakeOverAsync("caller:it's \"me\" 😀", Now.Cancel)).Snapshot!.Value.Span.SequenceEqual(largest).ShouldBeTrue();
    }

    private static ReadOnlyMemory<byte> Bytes(params byte[] bytes) => bytes;
}
