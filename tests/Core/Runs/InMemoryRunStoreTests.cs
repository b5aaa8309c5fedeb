using Ensemble.Runs;
using Ensemble.Storage.Memory;

namespace Ensemble.Core.Tests.Runs;

/// <summary>What the bounds do; the rest is tested with the other stores.</summary>
public sealed class InMemoryRunStoreTests
{
    private static readonly DateTimeOffset T0 = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SaveAnswer_MoreBytesThanAreKept_LetsGoWhatExpiresSoonest()
    {
        var store = new InMemoryRunStore(maxAnswerBytes: 10_000);
        var (late, soon, new1) = (RunId.New(), RunId.New(), RunId.New());
        await SaveAsync(store, late, 4000, T0.AddMinutes(9));
        await SaveAsync(store, soon, 4000, T0.AddMinutes(1));

        await SaveAsync(store, new1, 4000, T0.AddMinutes(5));

        (await CountAsync(store, late)).ShouldBe(1);
        (await CountAsync(store, soon)).ShouldBe(0);
        (await CountAsync(store, new1)).ShouldBe(1);
    }

    [Fact]
    public async Task SaveAnswer_ManyEmptyOnes_AreBoundedToo()
    {
        var store = new InMemoryRunStore(maxAnswerBytes: 10_000);
        var runs = Enumerable.Range(0, 1000).Select(_ => RunId.New()).ToList();
        foreach (var run in runs)
        {
            await SaveAsync(store, run, 0, T0.AddMinutes(1));
        }

        var kept = 0;
        foreach (var run in runs)
        {
            kept += await CountAsync(store, run);
        }

        kept.ShouldBeInRange(1, 100);
    }

    [Fact]
    public async Task SaveAnswer_RefusedOrDeleted_LeavesRoomAsItWas()
    {
        var store = new InMemoryRunStore(maxAnswerBytes: 10_000);
        var run = RunId.New();
        for (var index = 0; index < 10; index++)
        {
            await SaveAsync(store, run, 5000, T0.AddMinutes(1));
        }

        (await CountAsync(store, run)).ShouldBe(1);
        (await store.DeleteExpiredAsync(T0.AddMinutes(1), 10, Cancel)).ShouldBe(1);
        await SaveAsync(store, run, 9000, T0.AddMinutes(5));
        (await CountAsync(store, run)).ShouldBe(1);
    }

    [Fact]
    public async Task Claim_MoreThanAreKept_LetsGoWhatExpiresWithinAMinute()
    {
        var store = new InMemoryRunStore(maxClaims: 2);
        var (late, soon) = (Claim("late", 9), Claim("soon", 1));
        await store.ClaimAsync(late, T0, Cancel);
        await store.ClaimAsync(soon, T0, Cancel);

        await store.ClaimAsync(Claim("new", 5), T0, Cancel);

        (await store.ClaimAsync(Claim("late", 9), T0, Cancel)).Run.ShouldBe(late.Run);
        (await store.TakeClaimAsync("soon", T0, Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task Claim_AllAreNeeded_IsRefusedUntilOneExpires()
    {
        var store = new InMemoryRunStore(maxClaims: 2);
        await store.ClaimAsync(Claim("one", 9), T0, Cancel);
        await store.ClaimAsync(Claim("two", 12), T0, Cancel);
        var late = Claim("three", 20);

        await Should.ThrowAsync<ClaimLimitException>(() => store.ClaimAsync(late, T0, Cancel));

        (await store.ClaimAsync(late, T0.AddMinutes(8), Cancel)).Run.ShouldBe(late.Run);
    }

    private static RunClaim Claim(string scope, int minutes) => new(scope, RunId.New(), new byte[] { 1 }, T0.AddMinutes(minutes));

    private static Task SaveAsync(InMemoryRunStore store, RunId run, int bytes, DateTimeOffset expiresAt) =>
        store.SaveAnswerAsync(run, new StoredAnswer(new SubCallKey(SubCallStep.Candidate, 0, 0), new byte[bytes]), expiresAt, T0, Cancel);

    private static async Task<int> CountAsync(InMemoryRunStore store, RunId run) => (await store.LoadAnswersAsync(run, T0, Cancel)).Count;
}
