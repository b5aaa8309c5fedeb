using Ensemble.Usage;

namespace Ensemble.Runs;

/// <summary>Executes runs. The caller of a run holds nothing but its id and the number of the last event that it has read.</summary>
public interface IRunEngine
{
    /// <summary>
    /// Returns at once; what happens is read with <see cref="ReadAsync"/>. A run that is there, in this incarnation or a newer one, is
    /// joined. A newer incarnation than the one that is there asks only for what that one has no answer to.
    /// </summary>
    ValueTask<RunStart> StartAsync(RunRequest request, CancellationToken cancellationToken);

    /// <summary>The events with a sequence number above <paramref name="after"/>, as they come, up to the run's end.</summary>
    IAsyncEnumerable<RunEvent> ReadAsync(RunId run, long after, CancellationToken cancellationToken);

    /// <summary>
    /// Says that a caller has left: its run and the run's upstream calls are stopped. A run that has ended, that nobody knows, or that
    /// <see cref="RunRequest.IsKept"/> is left as it is.
    /// </summary>
    ValueTask CancelAsync(RunId run, CancellationToken cancellationToken);

    /// <returns>What a run did and why; null where the run is unknown or forgotten.</returns>
    ValueTask<RunManifest?> FindManifestAsync(RunId run, CancellationToken cancellationToken);
}
