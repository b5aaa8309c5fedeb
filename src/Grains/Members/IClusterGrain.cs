using Orleans.CodeGeneration;

namespace Ensemble.Grains.Members;

/// <summary>The cluster as a silo sees it. Any silo answers, and any key means the same: another key may reach another silo.</summary>
[Alias(WireNames.ClusterGrain)]
[Version(1)]
public interface IClusterGrain : IGrainWithIntegerKey
{
    /// <returns>A <see cref="Ensemble.Members.ClusterReport"/> as JSON.</returns>
    [Alias("read")]
    [ResponseTimeout("00:00:05")]
    Task<byte[]> ReadAsync();
}
