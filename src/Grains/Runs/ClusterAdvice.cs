using Ensemble.Runs;

namespace Ensemble.Grains.Runs;

/// <summary>Keeps advice in the cluster, so that every silo finds it for the next request of a conversation.</summary>
internal sealed class ClusterAdvice(IGrainFactory grains) : IAdviceStore
{
    public async ValueTask<ReadOnlyMemory<byte>?> FindAsync(string key, CancellationToken cancellationToken) =>
        await grains.GetGrain<IAdviceGrain>(key).FindAsync(cancellationToken) is { } advice
            ? (ReadOnlyMemory<byte>?)advice
            : null;

    public async ValueTask KeepAsync(string key, ReadOnlyMemory<byte> advice, CancellationToken cancellationToken) =>
        await grains.GetGrain<IAdviceGrain>(key).KeepAsync(advice.ToArray(), cancellationToken);
}
