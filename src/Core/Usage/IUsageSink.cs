namespace Ensemble.Usage;

/// <summary>
/// Takes the accounts of runs. Never blocks and never throws: a run does not wait for its accounting, unless it is told to.
/// </summary>
public interface IUsageSink
{
    /// <summary>Whether so much waits to be kept that new runs are better refused. Default never.</summary>
    bool IsNearlyFull => false;

    /// <summary>Takes a sub-call that has ended.</summary>
    void Append(UsageEvent usage);

    /// <summary>Takes a run that has ended, after its sub-calls. Default: it is not kept.</summary>
    void Append(RunManifest ended)
    {
    }

    /// <summary>
    /// Completes once everything that was taken before is kept, where an answer is to wait for that; bounded in time, whatever becomes of
    /// it. Default at once.
    /// </summary>
    ValueTask FlushAsync(RunId run) => default;
}

/// <summary>Keeps no events; manifests still hold them.</summary>
public sealed class NoUsageSink : IUsageSink
{
    public void Append(UsageEvent usage)
    {
    }
}

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
