using Ensemble.Runs;

namespace Ensemble.Grains.Runs;

/// <summary>Keeps advice where every silo finds it, whichever gets the next request of a conversation.</summary>
internal sealed class ClusterAdvice(IGrainFactory grains) : IAdviceStore
{
    public async ValueTask<ReadOnlyMemory<byte>?> FindAsync(string key, CancellationToken cancellationToken) =>
        await grains.GetGrain<IAdviceGrain>(key).FindAsync(cancellationToken) is { } advice
            ? (ReadOnlyMemory<byte>?)advice
            : null;

    public async ValueTask KeepAsync(string key, ReadOnlyMemory<byte> advice, CancellationToken cancellationToken) =>
        await grains.GetGrain<IAdviceGrain>(key).KeepAsync(advice.ToArray(), cancellationToken);
}
