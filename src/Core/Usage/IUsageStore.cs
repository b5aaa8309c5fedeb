namespace Ensemble.Usage;

/// <summary>Keeps the accounts of runs.</summary>
public interface IUsageStore
{
    /// <summary>
    /// Keeps a batch, whole or not at all. A sub-call is known by run, incarnation and key, a run by run and incarnation: one that is kept
    /// already stays as it is, so that a batch may be written again. Only a <see cref="Upstreams.CallOutcome.Lost"/> sub-call gives way to
    /// what really became of it, whichever comes first: a gate takes a call for lost also where nothing but its release was.
    /// </summary>
    /// <exception cref="Exception">The batch is not kept; the same may be kept later.</exception>
    Task WriteAsync(UsageBatch batch, CancellationToken cancellationToken);
}
