namespace Ensemble.Grains.Streams;

/// <summary>A process that subscribes to streams, for those that produce them.</summary>
[Alias(WireNames.StreamInbox)]
public interface IStreamInbox : IGrainObserver
{
    /// <summary>Returns when the subscriber has taken the items; fails where it has not.</summary>
    /// <param name="stream">The number of the stream in its process.</param>
    [Alias("take")]
    [ResponseTimeout("00:00:05")]
    Task TakeAsync(long stream, [Immutable] object[] items);
}
