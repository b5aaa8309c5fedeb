namespace Ensemble.Grains.Usage;

/// <summary>Tells the silos who watches.</summary>
internal interface IUsageWatch
{
    /// <returns>Who counts what is sent to the stream, a name for each silo.</returns>
    Task<string[]> RenewAsync(string stream);

    Task LeaveAsync(string stream);
}
