using Ensemble.Execution;
using Ensemble.Grains.Silos;
using Ensemble.Grains.Usage;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;

namespace Ensemble.Grains.Members;

[Reentrant]
[AtSilo]
internal sealed class SiloGrain(RunHost runs) : Grain, ISiloGrain
{
    // A node that is its whole cluster has none, and is not asked for one.
    private UsagePublisher Usage => ServiceProvider.GetRequiredService<UsagePublisher>();

    public ValueTask<long[]> RenewAsync(string[] runs) => new(Array.ConvertAll(runs, Renew));

    public ValueTask<string> WatchAsync(string stream) => new(Usage.Watch(stream));

    public ValueTask LeaveAsync(string stream)
    {
        Usage.Leave(stream);
        return default;
    }

    private long Renew(string id)
    {
        if (!RunId.TryParse(id, out var run) || runs.Find(run) is not { } hosted)
        {
            return -1;
        }

        hosted.Renew();
        return hosted.Run.Journal.Last;
    }
}
