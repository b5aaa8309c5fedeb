using Ensemble.Grains.Answers;
using Ensemble.Runs;
using Orleans.CodeGeneration;

namespace Ensemble.Grains.Runs;

/// <summary>
/// One run, by its id. Its methods only begin it, read what it has done, and end it: the work is done beside them. Each can be asked again.
/// </summary>
[Alias(WireNames.RunGrain)]
[Version(1)]
public interface IEnsembleRunGrain : IGrainWithStringKey
{
    /// <summary>
    /// Starts an incarnation and waits for its answer, which comes at once where the run ends within <paramref name="wait"/>. Asked again
    /// for the same one it starts nothing; an older one is void.
    /// </summary>
    /// <param name="wait">Zero where the answer is read in pieces; well below the time in which a call has to be answered.</param>
    /// <param name="stream">The key of a stream on which its events are pushed as they come; null = they are pulled.</param>
    [Alias("ask")]
    [ResponseTimeout("00:00:05")]
    Task<RunAnswered> AskAsync([Immutable] RunRequest request, TimeSpan wait, string? stream);

    /// <summary>The events after a number, as they come, up to the run's end; none where the run is not known here.</summary>
    [Alias("read")]
    IAsyncEnumerable<RunEventMessage> ReadAsync(long after, CancellationToken cancellationToken);

    /// <summary>Finds out whether the run is there, and says that its answer is wanted.</summary>
    /// <returns>The number of its last event so far; null where the run is not known here.</returns>
    [Alias("renew")]
    [ResponseTimeout("00:00:02")]
    Task<long?> RenewAsync();

    [Alias("cancel")]
    [ResponseTimeout("00:00:05")]
    Task CancelAsync();

    /// <returns>The manifest as JSON; null where the run is not known here.</returns>
    [Alias("manifest")]
    [ResponseTimeout("00:00:05")]
    Task<byte[]?> FindManifestAsync();
}
