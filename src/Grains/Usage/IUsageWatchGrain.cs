using Orleans.CodeGeneration;

namespace Ensemble.Grains.Usage;

/// <summary>All silos, for those who watch usage: what is said here is said to each of them. Its key is 0.</summary>
[Alias(WireNames.UsageWatchGrain)]
[Version(1)]
public interface IUsageWatchGrain : IGrainWithIntegerKey
{
    /// <summary>Asks for what ends, for <see cref="UsageStreams.Lease"/>.</summary>
    /// <param name="stream">The key of the stream on which it is awaited.</param>
    /// <returns>Who counts what is sent there, a name for each silo that was reached: where one changes, items may be missing.</returns>
    [Alias("renew")]
    [ResponseTimeout("00:00:05")]
    ValueTask<string[]> RenewAsync(string stream);

    [Alias("leave")]
    [ResponseTimeout("00:00:05")]
    ValueTask LeaveAsync(string stream);
}
