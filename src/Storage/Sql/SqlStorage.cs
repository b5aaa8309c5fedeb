using Ensemble.Catalog;
using Ensemble.Gates;
using Ensemble.Runs;
using Ensemble.Usage;

namespace Ensemble.Storage.Sql;

/// <summary>The stores of a database that speaks SQL.</summary>
internal sealed class SqlStorage(SqlDatabase database, TimeProvider time) : IEnsembleStorage
{
    public ICatalogStore Catalog { get; } = new SqlCatalogStore(database);

    public IGateStore Gates { get; } = new SqlGateStore(database, time);

    public IRunStore Runs { get; } = new SqlRunStore(database);

    public IPanelStore Panels { get; } = new SqlPanelStore(database);

    public IUsageStore Usage { get; } = new SqlUsageStore(database);

    public IUsageQueries UsageQueries { get; } = new SqlUsageQueries(database);

    public IUsageMaintenance UsageMaintenance { get; } = new SqlUsageMaintenance(database);

    public IReportStore Reports { get; } = new SqlReportStore(database);

    public string? Problem => database.Problem;

    public long Timeouts => database.Timeouts;

    public bool IsAnswering => database.IsAnswering;

    public Task OpenAsync(CancellationToken cancellationToken) => database.OpenAsync(cancellationToken);

    public ValueTask DisposeAsync() => database.DisposeAsync();
}
