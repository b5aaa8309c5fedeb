namespace Ensemble.Runs;

/// <summary>Keeps what a later incarnation of a run needs, and who has claimed a repeatable request. Payloads are opaque.</summary>
public interface IRunStore
{
    /// <summary>
    /// Stores a finished sub-call's answer. The first one stays until it expires: until then a second write of the same key does nothing.
    /// </summary>
    Task SaveAnswerAsync(RunId run, StoredAnswer answer, DateTimeOffset expiresAt, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>The answers of a run that have not expired, by key.</summary>
    Task<IReadOnlyList<StoredAnswer>> LoadAnswersAsync(RunId run, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Claims a scope for a run, unless an unexpired claim of it is there already. Atomic over all processes.</summary>
    /// <returns>The claim that holds: the given one, or the earlier one.</returns>
    Task<RunClaim> ClaimAsync(RunClaim claim, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Takes a claim away. Of several who try, one gets it.</summary>
    /// <returns>Null where there is none that has not expired.</returns>
    Task<RunClaim?> TakeClaimAsync(string scope, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Removes expired answers and claims, at most <paramref name="limit"/> of each.</summary>
    /// <returns>How many went.</returns>
    Task<int> DeleteExpiredAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken);
}
