namespace Ensemble.Grains.Usage;

/// <summary>Tells the cluster who watches.</summary>
internal interface IUsageWatch
{
    /// <returns>Whether the address was not known.</returns>
    Task<bool> RenewAsync(string address);

    Task LeaveAsync(string address);
}
