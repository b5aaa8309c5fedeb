namespace Ensemble.Usage;

/// <summary>
/// Keeps what reports on ensembles are made of. The counts of runs are added with their accounts, by
/// <see cref="IUsageStore.WriteAsync"/>, each run's once.
/// </summary>
public interface IReportStore
{
    /// <summary>Adds up whole hours.</summary>
    /// <param name="from">Runs that began in its hour or later.</param>
    /// <param name="to">Runs that began before the end of the hour that it is in; before it, where it begins one.</param>
    /// <param name="unit"><see cref="UsageDimension.Hour"/> or <see cref="UsageDimension.Day"/>, in UTC, of the periods.</param>
    Task<ReportCounts> ReadAsync(
        string ensemble, DateTimeOffset from, DateTimeOffset to, UsageDimension unit, CancellationToken cancellationToken);

    /// <summary>Keeps a statement and its counts; it takes the place of an earlier one of the same caller about the same run.</summary>
    Task SaveAsync(RunFeedback feedback, CancellationToken cancellationToken);

    /// <returns>What was said of a run, without <see cref="RunFeedback.Sides"/>, the latest first.</returns>
    Task<IReadOnlyList<RunFeedback>> FindFeedbackAsync(RunId run, CancellationToken cancellationToken);
}
