namespace Ensemble.Grains.Usage;

/// <summary>Who watches usage, in the whole cluster. There is one, with the key 0; what it knows is said again every few seconds.</summary>
[Alias(Aliases.UsageWatchGrain)]
public interface IUsageWatchGrain : IGrainWithIntegerKey
{
    /// <returns>Whether the address was not known.</returns>
    [Alias("renew")]
    [ResponseTimeout("00:00:05")]
    ValueTask<bool> RenewAsync(string address);

    [Alias("leave")]
    [ResponseTimeout("00:00:05")]
    ValueTask LeaveAsync(string address);

    [Alias("list")]
    [ResponseTimeout("00:00:05")]
    ValueTask<UsageWatchList> ListAsync();
}
