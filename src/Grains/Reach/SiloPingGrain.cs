using Orleans.Concurrency;

namespace Ensemble.Grains.Reach;

[StatelessWorker(1)]
internal sealed class SiloPingGrain : Grain, ISiloPingGrain
{
    public ValueTask PingAsync() => default;
}
