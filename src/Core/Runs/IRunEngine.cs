namespace Ensemble.Runs;

/// <summary>Executes runs. The caller of a run holds nothing but its id and the number of the last event that it has read.</summary>
public interface IRunEngine
{
    /// <summary>Returns at once; what happens is read with <see cref="ReadAsync"/>.</summary>
    ValueTask<RunStart> StartAsync(RunRequest request, CancellationToken cancellationToken);

    /// <summary>The events with a sequence number above <paramref name="after"/>, as they come, up to the run's end.</summary>
    IAsyncEnumerable<RunEvent> ReadAsync(RunId run, long after, CancellationToken cancellationToken);

    /// <summary>Stops a run and its upstream calls. A run that has ended, or that nobody knows, is left as it is.</summary>
    ValueTask CancelAsync(RunId run, CancellationToken cancellationToken);

    /// <returns>What a run did and why; null where the run is unknown or forgotten.</returns>
    ValueTask<RunManifest?> FindManifestAsync(RunId run, CancellationToken cancellationToken);
}
