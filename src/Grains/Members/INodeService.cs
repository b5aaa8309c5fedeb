using Orleans.CodeGeneration;
using Orleans.Services;

namespace Ensemble.Grains.Members;

/// <summary>A silo, as other silos ask it how it stands. Each has one; it is no grain that could be elsewhere.</summary>
[Alias(WireNames.NodeService)]
[Version(1)]
public interface INodeService : IGrainService
{
    /// <returns>A <see cref="Ensemble.Members.NodeReport"/> as JSON.</returns>
    [Alias("report")]
    [ResponseTimeout("00:00:02")]
    Task<byte[]> ReportAsync();
}
