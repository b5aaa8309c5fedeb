using Ensemble.Runs;
using Orleans.Concurrency;
using Orleans.Placement;

namespace Ensemble.Grains.Runs;

/// <summary>
/// Reads and writes the advice that its silo keeps, within the bounds of all advice there. It has no state: its key decides on which silo
/// it is placed, so that it finds what was kept unless that silo is gone.
/// </summary>
[Reentrant]
[HashBasedPlacement]
[CollectionAgeLimit(Minutes = 2)]
internal sealed class AdviceGrain(MemoryAdviceStore advice) : Grain, IAdviceGrain
{
    public async Task<byte[]?> FindAsync(CancellationToken cancellationToken) =>
        (await advice.FindAsync(this.GetPrimaryKeyString(), cancellationToken))?.ToArray();

    public Task KeepAsync(byte[] kept, CancellationToken cancellationToken) =>
        advice.KeepAsync(this.GetPrimaryKeyString(), kept, cancellationToken).AsTask();
}
