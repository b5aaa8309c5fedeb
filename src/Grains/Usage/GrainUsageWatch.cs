namespace Ensemble.Grains.Usage;

internal sealed class GrainUsageWatch(IGrainFactory grains) : IUsageWatch
{
    public Task<string[]> RenewAsync(string stream) => Grain.RenewAsync(stream).AsTask();

    public Task LeaveAsync(string stream) => Grain.LeaveAsync(stream).AsTask();

    private IUsageWatchGrain Grain => grains.GetGrain<IUsageWatchGrain>(0);
}
