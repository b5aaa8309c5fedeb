using Ensemble.Catalog;
using Ensemble.Gates;
using Ensemble.Runs;
using Ensemble.Usage;

namespace Ensemble.Storage;

/// <summary>
/// One database with everything that is kept in it. The stores open it when they are first used, if nobody has done so before, and
/// throw <see cref="StorageException"/> where it fails them.
/// </summary>
public interface IEnsembleStorage : IAsyncDisposable
{
    ICatalogStore Catalog { get; }

    IGateStore Gates { get; }

    IRunStore Runs { get; }

    IPanelStore Panels { get; }

    IUsageStore Usage { get; }

    IUsageQueries UsageQueries { get; }

    IUsageMaintenance UsageMaintenance { get; }

    IReportStore Reports { get; }

    /// <summary>
    /// Why nothing can be kept until an operator does something about it, as far as is known without asking the database. Says not where it
    /// is. Null = it can.
    /// </summary>
    string? Problem => null;

    /// <summary>Jobs that the database did not answer in time, and jobs that were not begun since others had not been answered.</summary>
    long Timeouts => 0;

    /// <summary>
    /// Whether the database answered in time lately. While it does not, it is asked from time to time alone, and all else fails at once.
    /// </summary>
    bool IsAnswering => true;

    /// <summary>
    /// Creates what is missing and brings the tables up to date. Several processes may do so at once. Does nothing the second time;
    /// after a failure it tries again.
    /// </summary>
    /// <exception cref="StorageException">The database cannot be opened, or was written by a newer version.</exception>
    Task OpenAsync(CancellationToken cancellationToken);
}
