namespace Ensemble.Usage;

/// <summary>Sums up days that are over, and deletes what is old.</summary>
public interface IUsageMaintenance
{
    /// <summary>
    /// Sums up the oldest open day, if it has been over for a day: what was written late because a database was away has come by then. A
    /// day that is closed is never summed up again; what still arrives of it is not in its sums.
    /// </summary>
    /// <returns>Whether there was one; there may be more.</returns>
    Task<bool> CloseDayAsync(DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes the oldest sub-calls, runs, counts for reports and feedback of days that are over by then; sub-calls only of days that are
    /// closed.
    /// </summary>
    /// <param name="before">Its own day stays whole.</param>
    /// <param name="limit">Of each kind at most.</param>
    /// <returns>How many sub-calls and runs.</returns>
    Task<int> DeleteAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken);
}
