using Ensemble.Catalog;
using Ensemble.Gates;
using Ensemble.Runs;
using Ensemble.Usage;

namespace Ensemble.Storage.Memory;

/// <summary>Keeps everything in this process, within bounds.</summary>
internal sealed class MemoryStorage : IEnsembleStorage
{
    private readonly InMemoryUsageStore _usage = new();
    private IReportStore? _reports;

    public ICatalogStore Catalog { get; } = new InMemoryCatalogStore();

    public IGateStore Gates { get; } = new InMemoryGateStore();

    public IRunStore Runs { get; } = new InMemoryRunStore();

    public IPanelStore Panels { get; } = new InMemoryPanelStore();

    public IUsageStore Usage => _usage;

    public IUsageQueries UsageQueries => new InMemoryUsageQueries(_usage);

    public IUsageMaintenance UsageMaintenance { get; } = new MemoryUsageMaintenance();

    public IReportStore Reports => _reports ??= new InMemoryReportStore(_usage);

    public Task OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask DisposeAsync() => default;
}

/// <summary>Does nothing: what is in memory is bounded by its number.</summary>
internal sealed class MemoryUsageMaintenance : IUsageMaintenance
{
    public Task<bool> CloseDayAsync(DateTimeOffset now, CancellationToken cancellationToken) => Task.FromResult(false);

    public Task<int> DeleteAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) => Task.FromResult(0);
}
