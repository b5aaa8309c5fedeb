namespace Ensemble.Grains.Usage;

internal sealed class GrainUsageWatch(IGrainFactory grains) : IUsageWatch
{
    public Task<bool> RenewAsync(string address) => Grain.RenewAsync(address).AsTask();

    public Task LeaveAsync(string address) => Grain.LeaveAsync(address).AsTask();

    private IUsageWatchGrain Grain => grains.GetGrain<IUsageWatchGrain>(0);
}
