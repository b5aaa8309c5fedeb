using Ensemble.Grains.Calls;
using Ensemble.Grains.Silos;
using Orleans.Concurrency;

namespace Ensemble.Grains.Usage;

[StatelessWorker(maxLocalWorkers: 1)]
[Reentrant]
internal sealed class UsageWatchGrain(ISiloStatusOracle silos) : Grain, IUsageWatchGrain
{
    public async ValueTask<string[]> RenewAsync(string stream)
    {
        var sources = await Task.WhenAll(Silos().Select(silo => AskAsync(silo, stream)));
        return [.. sources.OfType<string>()];
    }

    public ValueTask LeaveAsync(string stream)
    {
        foreach (var silo in Silos())
        {
            // One that does not hear it forgets the stream when it is not renewed.
            silo.LeaveAsync(stream).AsTask().Ignore();
        }

        return default;
    }

    private static async Task<string?> AskAsync(ISiloGrain silo, string stream)
    {
        try
        {
            return await silo.WatchAsync(stream);
        }
        catch (Exception exception) when (ClusterCalls.IsTransient(exception))
        {
            return null;
        }
    }

    private IEnumerable<ISiloGrain> Silos() =>
        silos.GetApproximateSiloStatuses(onlyActive: true).Keys.Select(silo => GrainFactory.GetGrain<ISiloGrain>(silo.ToParsableString()));
}
