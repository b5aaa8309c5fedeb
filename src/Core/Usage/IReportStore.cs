namespace Ensemble.Usage;

/// <summary>
/// Stores the counts from which reports on ensembles are built. The counts of a run are added with its usage record, by
/// <see cref="IUsageStore.WriteAsync"/>, once for each run.
/// </summary>
public interface IReportStore
{
    /// <summary>Adds up whole hours.</summary>
    /// <param name="from">Runs that began in its hour or later.</param>
    /// <param name="to">Runs that began before it, rounded up to the end of its hour.</param>
    /// <param name="unit"><see cref="UsageDimension.Hour"/> or <see cref="UsageDimension.Day"/>, in UTC, of the periods.</param>
    Task<ReportCounts> ReadAsync(
        string ensemble, DateTimeOffset from, DateTimeOffset to, UsageDimension unit, CancellationToken cancellationToken);

    /// <summary>Stores feedback and its counts. It replaces earlier feedback of the same caller on the same run.</summary>
    Task SaveAsync(RunFeedback feedback, CancellationToken cancellationToken);

    /// <returns>The feedback on a run, without <see cref="RunFeedback.Sides"/>, the latest first.</returns>
    Task<IReadOnlyList<RunFeedback>> FindFeedbackAsync(RunId run, CancellationToken cancellationToken);
}
