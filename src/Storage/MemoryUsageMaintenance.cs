using Ensemble.Usage;

namespace Ensemble.Storage;

/// <summary>Does nothing: what is in memory is bounded by its number.</summary>
internal sealed class MemoryUsageMaintenance : IUsageMaintenance
{
    public Task<bool> CloseDayAsync(DateTimeOffset now, CancellationToken cancellationToken) => Task.FromResult(false);

    public Task<int> DeleteAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) => Task.FromResult(0);
}
