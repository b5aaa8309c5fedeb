namespace Ensemble.Usage;

/// <summary>Keeps no events; manifests still hold them.</summary>
public sealed class NoUsageSink : IUsageSink
{
    public void Append(UsageEvent usage)
    {
    }
}
