namespace Ensemble.Usage;

/// <summary>Takes usage events. Never blocks and never throws: a run does not wait for its accounting.</summary>
public interface IUsageSink
{
    void Append(UsageEvent usage);
}
