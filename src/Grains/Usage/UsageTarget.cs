namespace Ensemble.Grains.Usage;

/// <summary>A watching frontend, as a silo knows it.</summary>
/// <param name="stream">The key of the stream on which it listens.</param>
/// <param name="source">Under which name this silo counts what it pushes there.</param>
internal sealed class UsageTarget(string stream, string source, long now)
{
    private long _renewed = now;

    public string Stream => stream;

    public string Source => source;

    /// <summary>When it last said that it watches.</summary>
    public long Renewed
    {
        get => Volatile.Read(ref _renewed);
        set => Volatile.Write(ref _renewed, value);
    }

    /// <summary>The number of the last item.</summary>
    public long Number { get; set; }

    /// <summary>What was left out since then.</summary>
    public long Dropped { get; set; }
}
