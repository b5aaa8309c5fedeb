namespace Ensemble.Usage;

/// <summary>Reads the accounts.</summary>
public interface IUsageQueries
{
    /// <summary>
    /// Sums up the sub-calls that a filter means, once each: those of closed days from the days' sums, the others one by one. Hours of days
    /// whose sub-calls are deleted are in nobody's sum; nor is a part of such a day.
    /// </summary>
    /// <param name="by">Some of <see cref="UsageGroup.Dimensions"/>, each once; none = one group of everything.</param>
    /// <param name="limit">Most groups.</param>
    /// <returns>Ordered by their keys; no group of nothing. One more than <paramref name="limit"/> where there are more.</returns>
    Task<IReadOnlyList<UsageGroup>> SumAsync(
        UsageFilter filter, IReadOnlyList<UsageDimension> by, int limit, CancellationToken cancellationToken);

    /// <summary>Sums up the runs that a filter means, of those that are kept.</summary>
    /// <param name="by">Some of <see cref="RunGroup.Dimensions"/>, each once; none = one group of everything.</param>
    /// <param name="limit">Most groups.</param>
    /// <returns>Ordered by their keys; no group of nothing. One more than <paramref name="limit"/> where there are more.</returns>
    Task<IReadOnlyList<RunGroup>> SumRunsAsync(
        RunFilter filter, IReadOnlyList<UsageDimension> by, int limit, CancellationToken cancellationToken);

    /// <summary>The newest sub-calls that a filter means.</summary>
    /// <param name="after">The last one that is known already; null = none is.</param>
    Task<IReadOnlyList<UsageRow>> ListSubCallsAsync(
        UsageFilter filter, UsagePosition? after, int limit, CancellationToken cancellationToken);

    /// <summary>The newest runs that a filter means, without their manifests.</summary>
    /// <param name="after">The last one that is known already; null = none is.</param>
    Task<IReadOnlyList<RunRecord>> ListRunsAsync(RunFilter filter, RunPosition? after, int limit, CancellationToken cancellationToken);

    /// <returns>The manifest of a run's newest incarnation; null where none is kept.</returns>
    Task<RunManifest?> FindManifestAsync(RunId run, CancellationToken cancellationToken);

    /// <summary>
    /// What a caller's calls that began at a time or later cost, in US dollars. Calls without a known cost count nothing.
    /// </summary>
    /// <param name="since">A beginning of a day, in UTC.</param>
    Task<decimal> SpentAsync(string caller, DateTimeOffset since, CancellationToken cancellationToken);
}
