namespace Ensemble.Runs;

/// <summary>Something that has runs in flight, and lets them finish before it stops.</summary>
public interface IRunsInFlight
{
    int InFlight { get; }

    /// <summary>
    /// Refuses new runs and waits for those in flight; when <paramref name="cancellationToken"/> is cancelled they are too.
    /// </summary>
    Task DrainAsync(CancellationToken cancellationToken);
}
