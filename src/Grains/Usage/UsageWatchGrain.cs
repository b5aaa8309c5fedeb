namespace Ensemble.Grains.Usage;

/// <summary>Identity and messages; what it knows is <see cref="UsageLeases"/>.</summary>
internal sealed class UsageWatchGrain(TimeProvider time) : Grain, IUsageWatchGrain
{
    private readonly UsageLeases _leases = new(time);

    public ValueTask<bool> RenewAsync(string address) => new(_leases.Renew(address));

    public ValueTask LeaveAsync(string address)
    {
        _leases.Leave(address);
        return default;
    }

    public ValueTask<UsageWatchList> ListAsync() => new(_leases.List());
}
