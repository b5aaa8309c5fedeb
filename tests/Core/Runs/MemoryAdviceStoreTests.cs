using Ensemble.Runs;
using Ensemble.Testing;

namespace Ensemble.Core.Tests.Runs;

public sealed class MemoryAdviceStoreTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task Find_WithinTheLifetimeAfterEachUse_IsWhatWasKeptLast()
    {
        using var store = new MemoryAdviceStore(_time);
        await store.KeepAsync("a", "1"u8.ToArray(), Now);
        await store.KeepAsync("a", "2"u8.ToArray(), Now);
        for (var use = 0; use < 3; use++)
        {
            _time.Advance(MemoryAdviceStore.Lifetime - TimeSpan.FromSeconds(1));
            (await store.FindAsync("a", Now))!.Value.ToArray().ShouldBe("2"u8.ToArray());
        }

        _time.Advance(MemoryAdviceStore.Lifetime + TimeSpan.FromSeconds(1));
        (await store.FindAsync("a", Now)).ShouldBeNull();
        (await store.FindAsync("b", Now)).ShouldBeNull();
    }

    [Fact]
    public async Task Keep_MoreThanFits_StaysWithinTheBound()
    {
        using var store = new MemoryAdviceStore(_time, maxBytes: 16 * 1024);
        await store.KeepAsync("large", new byte[2000], Now);
        for (var entry = 0; entry < 100; entry++)
        {
            await store.KeepAsync($"{entry}", new byte[500], Now);
        }

        (await store.FindAsync("large", Now)).ShouldBeNull();
        var kept = 0;
        for (var entry = 0; entry < 100; entry++)
        {
            kept += await store.FindAsync($"{entry}", Now) is null ? 0 : 1;
        }

        kept.ShouldBeInRange(1, 18);
    }

    private static CancellationToken Now => TestContext.Current.CancellationToken;
}
