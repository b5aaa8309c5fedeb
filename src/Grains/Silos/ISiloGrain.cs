using Orleans.CodeGeneration;

namespace Ensemble.Grains.Silos;

/// <summary>One silo, by its address: what a frontend says to it of many runs, and of what it watches.</summary>
[Alias(WireNames.SiloGrain)]
[Version(1)]
public interface ISiloGrain : IGrainWithStringKey
{
    /// <summary>Says that the answers of runs are still wanted. A run of which nobody says so for 30 s is stopped.</summary>
    /// <returns>Of each run the number of its last event so far; -1 where it is not known here.</returns>
    [Alias("renew")]
    [ResponseTimeout("00:00:02")]
    ValueTask<long[]> RenewAsync([Immutable] string[] runs);

    /// <summary>Asks for what ends on this silo, for <see cref="Usage.UsageStreams.Lease"/>.</summary>
    /// <param name="stream">The key of the stream on which it is awaited.</param>
    /// <returns>The name under which this silo counts what it sends; a new name means that it counts from 1 again.</returns>
    [Alias("watch")]
    [ResponseTimeout("00:00:02")]
    ValueTask<string> WatchAsync(string stream);

    [Alias("leave")]
    [ResponseTimeout("00:00:02")]
    ValueTask LeaveAsync(string stream);
}
