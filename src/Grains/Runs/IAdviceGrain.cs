using Orleans.CodeGeneration;

namespace Ensemble.Grains.Runs;

/// <summary>What the panel advised in one turn of a conversation: the address at which all silos find it.</summary>
[Alias(WireNames.AdviceGrain)]
[Version(1)]
public interface IAdviceGrain : IGrainWithStringKey
{
    /// <returns>Null where nothing is kept.</returns>
    [Alias("find")]
    [ResponseTimeout("00:00:02")]
    Task<byte[]?> FindAsync(CancellationToken cancellationToken);

    [Alias("keep")]
    [ResponseTimeout("00:00:02")]
    Task KeepAsync([Immutable] byte[] advice, CancellationToken cancellationToken);
}
