using System.ClientModel;
using System.Net;
using Ensemble.Frontend.Limits;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Storage;
using Ensemble.Testing;
using Ensemble.Usage;
using Microsoft.Extensions.DependencyInjection;

namespace Ensemble.Frontend.Tests.Limits;

/// <summary>What a caller's key may cost in a month.</summary>
public sealed class MonthlyBudgetTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ask_BudgetIsSpent_IsRefusedToTheSdkAsLasting(bool streamed)
    {
        await using var council = await StartAsync();
        await SpendAsync(council, 9.99m);
        (await council.Gateway.Sdk("solo", "sk-anna").CompleteChatAsync("The capital of France?")).Value.Content[0].Text.ShouldBe("Paris, I think.");
        await SpendAsync(council, 0.01m);
        council.Clock.Advance(MonthlyBudgets.CacheLifetime);

        var refused = await Should.ThrowAsync<ClientResultException>(async () =>
        {
            if (streamed)
            {
                await foreach (var _ in council.Gateway.Sdk("solo", "sk-anna").CompleteChatStreamingAsync("The capital of France?"))
                {
                }
            }
            else
            {
                await council.Gateway.Sdk("solo", "sk-anna").CompleteChatAsync("The capital of France?");
            }
        });

        refused.Status.ShouldBe(429);
        refused.Message.ShouldContain("insufficient_quota");
        refused.Message.ShouldContain("10 USD for 2026-");
        refused.GetRawResponse()!.Headers.TryGetValue("x-should-retry", out var retry).ShouldBeTrue();
        retry.ShouldBe("false");
        (await council.Gateway.ChatAsync(Council.AskSolo, "sk-bert")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Ask_InTheNextMonth_StartsAtZero()
    {
        await using var council = await StartAsync();
        await SpendAsync(council, 10);
        (await council.Gateway.ChatAsync(Council.AskSolo, "sk-anna")).ShouldBeError(429, "insufficient_quota", "insufficient_quota");

        var now = council.Clock.GetUtcNow();
        council.Clock.Advance(new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1) - now);

        (await council.Gateway.ChatAsync(Council.AskSolo, "sk-anna")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Ask_ManyAtOnce_ReadsTheAccountsOnce()
    {
        var queries = new ScriptedUsageQueries { Spent = 1 };
        await using var council = await StartAsync(queries);

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => council.Gateway.ChatAsync(Council.AskSolo, "sk-anna")));

        answers.ShouldAllBe(answer => answer.Status == HttpStatusCode.OK);
        queries.Reads.ShouldBe(1);
    }

    [Fact]
    public async Task Ask_AccountsCannotBeRead_GoesByWhatWasReadLastElsePasses()
    {
        var queries = new ScriptedUsageQueries { Spent = null };
        await using var council = await StartAsync(queries);
        var unknown = await council.Gateway.ChatAsync(Council.AskSolo, "sk-anna");
        queries.Spent = 10;
        council.Clock.Advance(MonthlyBudgets.CacheLifetime);
        var spent = await council.Gateway.ChatAsync(Council.AskSolo, "sk-anna");
        queries.Spent = null;
        council.Clock.Advance(MonthlyBudgets.CacheLifetime);
        var remembered = await council.Gateway.ChatAsync(Council.AskSolo, "sk-anna");

        unknown.Status.ShouldBe(HttpStatusCode.OK);
        spent.ShouldBeError(429, "insufficient_quota", "insufficient_quota");
        remembered.ShouldBeError(429, "insufficient_quota", "insufficient_quota");
        council.Gateway.Log.Count(line => line.Contains("monthly budgets hold", StringComparison.Ordinal)).ShouldBe(2);
    }

    private static Task<Council> StartAsync(IUsageQueries? queries = null) => Council.StartAsync(
        manualClock: true,
        more: catalog => catalog.AddKey("sk-anna", monthlyBudgetUsd: 10).AddKey("sk-bert"),
        configure: services =>
        {
            if (queries is not null)
            {
                services.AddSingleton(queries);
            }
        });

    private static Task SpendAsync(Council council, decimal dollars) => council.Gateway.Services.GetRequiredService<IUsageStore>().WriteAsync(
        new UsageBatch([TestUsage.SubCall(RunId.New()) with { Caller = "key-1", StartedAt = council.Clock.GetUtcNow(), CostUsd = dollars }], []), Now.Cancel);

    /// <summary>Accounts that say what a test wants; null = they cannot be read.</summary>
    private sealed class ScriptedUsageQueries : IUsageQueries
    {
        private int _reads;

        public decimal? Spent { get; set; }

        public int Reads => Volatile.Read(ref _reads);

        public Task<decimal> SpentAsync(string caller, DateTimeOffset since, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _reads);
            return Spent is { } spent ? Task.FromResult(spent) : Task.FromException<decimal>(new StorageException("away", isTransient: true));
        }

        public Task<IReadOnlyList<UsageGroup>> SumAsync(UsageFilter filter, IReadOnlyList<UsageDimension> by, int limit, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<UsageGroup>>([]);

        public Task<IReadOnlyList<RunGroup>> SumRunsAsync(RunFilter filter, IReadOnlyList<UsageDimension> by, int limit, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<RunGroup>>([]);

        public Task<IReadOnlyList<UsageRow>> ListSubCallsAsync(UsageFilter filter, UsagePosition? after, int limit, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<UsageRow>>([]);

        public Task<IReadOnlyList<RunRecord>> ListRunsAsync(RunFilter filter, RunPosition? after, int limit, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<RunRecord>>([]);

        public Task<RunManifest?> FindManifestAsync(RunId run, CancellationToken cancellationToken) => Task.FromResult<RunManifest?>(null);
    }
}
