using Ensemble.Runs;

namespace Ensemble.Usage;

/// <summary>Hands accounts to several sinks, in order.</summary>
public sealed class CompositeUsageSink(params IUsageSink[] sinks) : IUsageSink
{
    /// <summary>Whether any of them is.</summary>
    public bool IsNearlyFull => Array.Exists(sinks, static sink => sink.IsNearlyFull);

    public void Append(UsageEvent usage)
    {
        foreach (var sink in sinks)
        {
            sink.Append(usage);
        }
    }

    public void Append(RunManifest ended)
    {
        foreach (var sink in sinks)
        {
            sink.Append(ended);
        }
    }

    public async ValueTask FlushAsync(RunId run)
    {
        foreach (var sink in sinks)
        {
            await sink.FlushAsync(run);
        }
    }
}
