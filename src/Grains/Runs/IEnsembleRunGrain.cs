using Ensemble.Runs;
using Orleans.Concurrency;

namespace Ensemble.Grains.Runs;

/// <summary>One run, by its id. Its methods only begin it, read what it has done, and end it: the work is done beside them. Each can be asked again.</summary>
[Alias(Aliases.RunGrain)]
public interface IEnsembleRunGrain : IGrainWithStringKey
{
    /// <summary>Starts an incarnation and returns at once. Asked again for the same one it does nothing; an older one is void.</summary>
    /// <param name="answersTo">Where its events are published as they come, beside what can be read; null = nowhere.</param>
    [Alias("start")]
    [ResponseTimeout("00:00:05")]
    Task<RunStart> StartAsync([Immutable] RunRequest request, string? answersTo);

    /// <summary>The same, for an answer that nobody reads in pieces: it comes at once where the run ends within <paramref name="wait"/>.</summary>
    /// <param name="wait">Well below the time in which a call has to be answered.</param>
    [Alias("ask")]
    [ResponseTimeout("00:00:05")]
    Task<RunAnswered> AskAsync([Immutable] RunRequest request, TimeSpan wait);

    /// <summary>The events after a number, as they come, up to the run's end; none where the run is not known here.</summary>
    [Alias("read")]
    IAsyncEnumerable<RunEventMessage> ReadAsync(long after, CancellationToken cancellationToken);

    /// <summary>Says that somebody still wants the answer. A run of which nobody says so for 30 s is stopped.</summary>
    /// <returns>The number of its last event so far; null where the run is not known here.</returns>
    [Alias("renew")]
    [ResponseTimeout("00:00:02")]
    Task<long?> RenewAsync();

    /// <summary>Says that its answer has been read to the end on another way than <see cref="ReadAsync"/>. A silo that stops waits no longer for that.</summary>
    [Alias("release")]
    [OneWay]
    Task ReleaseAsync();

    [Alias("cancel")]
    [ResponseTimeout("00:00:05")]
    Task CancelAsync();

    /// <returns>The manifest as JSON; null where the run is not known here.</returns>
    [Alias("manifest")]
    [ResponseTimeout("00:00:05")]
    Task<byte[]?> FindManifestAsync();
}
