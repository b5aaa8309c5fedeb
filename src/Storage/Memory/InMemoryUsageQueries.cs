using Ensemble.Runs;
using Ensemble.Upstreams;
using Ensemble.Usage;

namespace Ensemble.Storage.Memory;

/// <summary>Reads the accounts that a process keeps in memory.</summary>
public sealed class InMemoryUsageQueries(InMemoryUsageStore store) : IUsageQueries
{
    private static readonly IEqualityComparer<string?[]> SameKeys = EqualityComparer<string?[]>.Create(
        static (x, y) => x.AsSpan().SequenceEqual(y), static keys => keys.Aggregate(0, static (hash, key) => HashCode.Combine(hash, key)));

    private static readonly string Cancelled = SnakeCase.Of(RunFailureKind.Cancelled);

    public Task<IReadOnlyList<UsageGroup>> SumAsync(
        UsageFilter filter, IReadOnlyList<UsageDimension> by, int limit, CancellationToken cancellationToken)
    {
        var groups = store.SubCalls
            .Where(usage => Holds(filter, usage))
            .GroupBy(usage => by.Select(dimension => Key(usage, dimension)).ToArray(), SameKeys)
            .Select(group => Sum(group.Key, [.. group]))
            .OrderBy(group => group.Keys, UsageGroupOrder.Instance)
            .Take(limit + 1);
        return Task.FromResult<IReadOnlyList<UsageGroup>>([.. groups]);
    }

    public Task<IReadOnlyList<RunGroup>> SumRunsAsync(
        RunFilter filter, IReadOnlyList<UsageDimension> by, int limit, CancellationToken cancellationToken)
    {
        var isPrecise = filter.To.ToUnixTimeMilliseconds() - filter.From.ToUnixTimeMilliseconds() <= UsageTime.Precise;
        var groups = store.Runs
            .Where(run => Holds(filter, run))
            .GroupBy(run => by.Select(dimension => Key(run, dimension)).ToArray(), SameKeys)
            .Select(group => Sum(group.Key, [.. group], isPrecise))
            .OrderBy(group => group.Keys, UsageGroupOrder.Instance)
            .Take(limit + 1);
        return Task.FromResult<IReadOnlyList<RunGroup>>([.. groups]);
    }

    public Task<IReadOnlyList<UsageRow>> ListSubCallsAsync(
        UsageFilter filter, UsagePosition? after, int limit, CancellationToken cancellationToken)
    {
        var rows = store.SubCalls
            .Where(usage => Holds(filter, usage))
            .Select(UsageRow.Of)
            .Where(row => after is null || UsagePosition.ByAge.Compare(UsagePosition.Of(row), after) < 0)
            .OrderByDescending(UsagePosition.Of, UsagePosition.ByAge)
            .Take(limit);
        return Task.FromResult<IReadOnlyList<UsageRow>>([.. rows]);
    }

    public Task<IReadOnlyList<RunRecord>> ListRunsAsync(
        RunFilter filter, RunPosition? after, int limit, CancellationToken cancellationToken)
    {
        var runs = store.Runs
            .Where(run => Holds(filter, run))
            .Where(run => after is null || RunPosition.ByAge.Compare(RunPosition.Of(run), after) < 0)
            .OrderByDescending(RunPosition.Of, RunPosition.ByAge)
            .Take(limit)
            .Select(run => run with { Manifest = default });
        return Task.FromResult<IReadOnlyList<RunRecord>>([.. runs]);
    }

    public Task<RunManifest?> FindManifestAsync(RunId run, CancellationToken cancellationToken) => Task.FromResult(
        store.Runs.Where(record => record.Run == run).MaxBy(record => record.Incarnation) is { } newest
            ? StoredManifest.Read(newest.Manifest)
            : null);

    public Task<decimal> SpentAsync(string caller, DateTimeOffset since, CancellationToken cancellationToken) =>
        Task.FromResult(store.SubCalls.Where(usage => usage.Caller == caller && usage.StartedAt >= since).Sum(usage => usage.CostUsd ?? 0));

    private static bool Holds(UsageFilter filter, UsageEvent usage) =>
        IsWithin(usage.StartedAt, filter.From, filter.To)
        && (filter.Ensemble is null || usage.Ensemble == filter.Ensemble)
        && (filter.Model is null || usage.Model == filter.Model)
        && (filter.Caller is null || (usage.Caller ?? "") == filter.Caller)
        && (filter.Role is null || SnakeCase.Of(usage.Role) == filter.Role)
        && (filter.Outcome is null || SnakeCase.Of(usage.Outcome) == filter.Outcome);

    private static bool Holds(RunFilter filter, RunRecord run) =>
        IsWithin(run.StartedAt, filter.From, filter.To)
        && (filter.Ensemble is null || run.Ensemble == filter.Ensemble)
        && (filter.Caller is null || (run.Caller ?? "") == filter.Caller)
        && (filter.Outcome is null || run.Outcome == filter.Outcome)
        && (filter.MinAgreement is null || run.Agreement >= filter.MinAgreement)
        && (filter.MaxAgreement is null || run.Agreement <= filter.MaxAgreement)
        && (filter.MinCostUsd is null || run.Usage.CostUsd >= filter.MinCostUsd)
        && (filter.IdPrefix is null || run.Run.Value.StartsWith(filter.IdPrefix, StringComparison.Ordinal));

    private static bool IsWithin(DateTimeOffset time, DateTimeOffset from, DateTimeOffset to) =>
        time.ToUnixTimeMilliseconds() is var began && began >= from.ToUnixTimeMilliseconds() && began < to.ToUnixTimeMilliseconds();

    private static string? Key(UsageEvent usage, UsageDimension dimension) => dimension switch
    {
        UsageDimension.Ensemble => usage.Ensemble,
        UsageDimension.Model => usage.Model,
        UsageDimension.Role => SnakeCase.Of(usage.Role),
        UsageDimension.Caller => usage.Caller,
        UsageDimension.Outcome => SnakeCase.Of(usage.Outcome),
        _ => Key(usage.StartedAt, dimension),
    };

    private static string? Key(RunRecord run, UsageDimension dimension) => dimension switch
    {
        UsageDimension.Ensemble => run.Ensemble,
        UsageDimension.Strategy => run.Strategy,
        UsageDimension.Caller => run.Caller,
        UsageDimension.Outcome => run.Outcome,
        _ => Key(run.StartedAt, dimension),
    };

    private static string Key(DateTimeOffset time, UsageDimension dimension) => dimension switch
    {
        UsageDimension.Hour => UsageTime.Name(UsageTime.Floor(time.ToUnixTimeMilliseconds(), UsageTime.Hour), dimension),
        UsageDimension.Day => UsageTime.Name(UsageTime.Floor(time.ToUnixTimeMilliseconds(), UsageTime.Day), dimension),
        _ => throw new ArgumentOutOfRangeException(nameof(dimension), dimension, "There is no such dimension here."),
    };

    private static RunGroup Sum(string?[] keys, RunRecord[] runs, bool isPrecise)
    {
        var times = runs.Select(run => run.Total).Order().ToArray();
        return new RunGroup(keys)
        {
            Runs = runs.Length,
            Failures = runs.Count(static run => run.Outcome is not RunManifest.Completed && run.Outcome != Cancelled),
            Degraded = runs.Count(static run => run.Degraded.Length > 0),
            PromptTokens = runs.Sum(static run => Bounded(run.Usage.Reported.PromptTokens)),
            CompletionTokens = runs.Sum(static run => Bounded(run.Usage.Reported.CompletionTokens)),
            KnownCostUsd = runs.Sum(static run => run.Usage.CostUsd ?? 0),
            UnpricedRuns = runs.Count(static run => run.Usage.CostUsd is null),
            Agreement = runs.Average(static run => run.Agreement) is { } agreement ? Math.Round(agreement, 6) : null,
            Average = Mean(times),
            Median = isPrecise ? Percentile(times, 50) : null,
            Percentile95 = isPrecise ? Percentile(times, 95) : null,
        };
    }

    private static UsageGroup Sum(string?[] keys, UsageEvent[] calls)
    {
        var times = calls.Select(usage => usage.Total).Order().ToArray();
        return new UsageGroup(keys)
        {
            Calls = calls.Length,
            Failures = calls.Count(usage => usage.Outcome is not (CallOutcome.Ok or CallOutcome.Cancelled)),
            PromptTokens = Tokens(UsageSource.Reported, static usage => usage.PromptTokens),
            CompletionTokens = Tokens(UsageSource.Reported, static usage => usage.CompletionTokens),
            CachedTokens = Tokens(UsageSource.Reported, static usage => usage.CachedTokens),
            CacheWriteTokens = Tokens(UsageSource.Reported, static usage => usage.CacheWriteTokens),
            ReasoningTokens = Tokens(UsageSource.Reported, static usage => usage.ReasoningTokens),
            EstimatedPromptTokens = Tokens(UsageSource.Estimated, static usage => usage.PromptTokens),
            EstimatedCompletionTokens = Tokens(UsageSource.Estimated, static usage => usage.CompletionTokens),
            KnownCostUsd = calls.Sum(usage => usage.CostUsd ?? 0),
            UnpricedCalls = calls.Count(usage => usage.CostUsd is null),
            Average = Mean(times),
            Median = Percentile(times, 50),
            Percentile95 = Percentile(times, 95),
        };

        long Tokens(UsageSource source, Func<UsageEvent, long?> read) => calls.Where(usage => usage.Source == source).Sum(
            usage => Bounded(read(usage) ?? 0));
    }

    private static long Bounded(long tokens) => Math.Min(tokens, UsageEvent.MaxSummed);

    private static TimeSpan Mean(TimeSpan[] times) =>
        TimeSpan.FromMilliseconds(Math.Round(times.Average(time => time.TotalMilliseconds), 3));

    // The nearest rank: a time that something really took.
    private static TimeSpan Percentile(TimeSpan[] sorted, int percent) => sorted[(((percent * sorted.Length) + 99) / 100) - 1];
}
