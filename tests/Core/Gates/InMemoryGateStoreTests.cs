using Ensemble.Storage.Memory;

namespace Ensemble.Core.Tests.Gates;

/// <summary>What the bounds do; the rest is tested with the other stores.</summary>
public sealed class InMemoryGateStoreTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TakeOver_MoreGatesThanAreKept_ForgetsTheOneUsedLongestAgo()
    {
        var store = new InMemoryGateStore(maxGates: 2);
        var (a, b) = (await store.TakeOverAsync("a", Cancel), await store.TakeOverAsync("b", Cancel));
        await store.SaveAsync("b", b.Epoch, new byte[] { 1 }, Cancel);
        await store.SaveAsync("a", a.Epoch, new byte[] { 2 }, Cancel);

        await store.TakeOverAsync("c", Cancel);

        (await store.SaveAsync("a", a.Epoch, new byte[] { 3 }, Cancel)).ShouldBeTrue();
        (await store.SaveAsync("b", b.Epoch, new byte[] { 3 }, Cancel)).ShouldBeFalse();
    }

    [Fact]
    public async Task TakeOver_OfAForgottenGate_GivesAnEpochThatNobodyHadAndNoSnapshot()
    {
        var store = new InMemoryGateStore(maxGates: 1);
        var before = await store.TakeOverAsync("a", Cancel);
        await store.SaveAsync("a", before.Epoch, new byte[] { 1 }, Cancel);
        await store.TakeOverAsync("b", Cancel);

        var after = await store.TakeOverAsync("a", Cancel);

        after.Epoch.ShouldBeGreaterThan(before.Epoch);
        after.Snapshot.ShouldBeNull();
        (await store.SaveAsync("a", before.Epoch, new byte[] { 1 }, Cancel)).ShouldBeFalse();
    }

    [Fact]
    public async Task Save_MoreBytesThanAreKept_ForgetsOtherGates()
    {
        var store = new InMemoryGateStore(maxSnapshotBytes: 10);
        var (a, b) = (await store.TakeOverAsync("a", Cancel), await store.TakeOverAsync("b", Cancel));
        (await store.SaveAsync("a", a.Epoch, new byte[6], Cancel)).ShouldBeTrue();
        (await store.SaveAsync("a", a.Epoch, new byte[7], Cancel)).ShouldBeTrue();
        (await store.SaveAsync("b", b.Epoch, new byte[3], Cancel)).ShouldBeTrue();

        (await store.SaveAsync("b", b.Epoch, new byte[4], Cancel)).ShouldBeTrue();

        (await store.TakeOverAsync("a", Cancel)).Snapshot.ShouldBeNull();
        (await store.TakeOverAsync("b", Cancel)).Snapshot!.Value.Length.ShouldBe(4);
    }

    [Fact]
    public async Task Save_BufferUsedAgain_LeavesTheSnapshotAsItWas()
    {
        var store = new InMemoryGateStore();
        var gate = await store.TakeOverAsync("a", Cancel);
        var buffer = new byte[] { 1 };
        await store.SaveAsync("a", gate.Epoch, buffer, Cancel);

        buffer[0] = 9;

        (await store.TakeOverAsync("a", Cancel)).Snapshot!.Value.ToArray().ShouldBe([1]);
    }
}
