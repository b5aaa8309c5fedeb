using Ensemble.Storage.Memory;
using Ensemble.Testing;
using Ensemble.Upstreams;
using Ensemble.Usage;

namespace Ensemble.Core.Tests.Usage;

public sealed class InMemoryUsageStoreTests
{
    private static readonly RunId Run = RunId.New();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Write_TheSameAgain_ChangesNothing()
    {
        var store = new InMemoryUsageStore();
        var (usage, run) = (TestUsage.SubCall(Run), RunRecord.Of(TestUsage.Ended(Run)));
        await store.WriteAsync(new([usage], [run]), Cancel);

        await store.WriteAsync(new([usage with { Attempts = 9 }, usage with { Incarnation = 2 }], [run with { Outcome = "internal_error" }]), Cancel);

        store.SubCalls.ShouldBe([usage, usage with { Incarnation = 2 }]);
        store.Runs.ShouldBe([run]);
    }

    [Fact]
    public async Task Sum_CountsThatNoModelCanHave_DoNotOverflow()
    {
        var store = new InMemoryUsageStore();
        var usage = TestUsage.SubCall(Run) with { PromptTokens = long.MaxValue, CompletionTokens = long.MaxValue };
        await store.WriteAsync(new([usage, usage with { Incarnation = 2 }], []), Cancel);
        var range = new UsageFilter(usage.StartedAt.AddDays(-1), usage.StartedAt.AddDays(1));

        var sum = (await new InMemoryUsageQueries(store).SumAsync(range, [], 10, Cancel)).ShouldHaveSingleItem();

        (sum.PromptTokens, sum.CompletionTokens).ShouldBe((2 * UsageEvent.MaxSummed, 2 * UsageEvent.MaxSummed));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Write_LostAndWhatReallyBecameOfIt_KeepsTheLatter(bool lostFirst)
    {
        var store = new InMemoryUsageStore();
        UsageEvent[] both = [TestUsage.Lost(Run), TestUsage.SubCall(Run, outcome: CallOutcome.Stalled)];

        foreach (var usage in lostFirst ? both : both.Reverse())
        {
            await store.WriteAsync(new([usage], []), Cancel);
        }

        store.SubCalls.ShouldHaveSingleItem().Outcome.ShouldBe(CallOutcome.Stalled);
    }

    [Fact]
    public async Task Write_MoreThanAreKept_LetsTheOldestGo()
    {
        var store = new InMemoryUsageStore(maxSubCalls: 2, maxRuns: 1);
        var next = RunId.New();

        await store.WriteAsync(
            new(
                [.. Enumerable.Range(0, 5).Select(member => TestUsage.SubCall(Run, member))],
                [RunRecord.Of(TestUsage.Ended(Run)), RunRecord.Of(TestUsage.Ended(next))]),
            Cancel);

        store.SubCalls.Select(usage => usage.Key.Member).ShouldBe([3, 4]);
        store.Runs.ShouldHaveSingleItem().Run.ShouldBe(next);
    }
}
