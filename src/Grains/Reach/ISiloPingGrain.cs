using Orleans.CodeGeneration;
using Orleans.Concurrency;

namespace Ensemble.Grains.Reach;

/// <summary>Answers in whichever silo a frontend is connected to.</summary>
[Alias(WireNames.SiloPingGrain)]
[Version(1)]
public interface ISiloPingGrain : IGrainWithIntegerKey
{
    [Alias("ping")]
    [ResponseTimeout("00:00:05")]
    ValueTask PingAsync();
}

[StatelessWorker(1)]
internal sealed class SiloPingGrain : Grain, ISiloPingGrain
{
    public ValueTask PingAsync() => default;
}
