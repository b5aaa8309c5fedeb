namespace Ensemble.Grains.Usage;

/// <summary>A watching frontend, as a silo knows it.</summary>
/// <param name="address">Where it listens.</param>
/// <param name="source">Under which name this silo counts what it publishes there.</param>
internal sealed class UsageTarget(string address, string source)
{
    public string Address => address;

    public string Source => source;

    /// <summary>The last epoch that listed it.</summary>
    public Guid Epoch { get; set; }

    /// <summary>When it was listed last.</summary>
    public long Seen { get; set; }

    /// <summary>The number of the last item.</summary>
    public long Number { get; set; }

    /// <summary>What was left out since then.</summary>
    public long Dropped { get; set; }
}
