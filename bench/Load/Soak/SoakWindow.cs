using Ensemble.Load.Measuring;

namespace Ensemble.Load.Soak;

/// <summary>What was seen in some time of a soak.</summary>
/// <param name="From">Since the soak began.</param>
/// <param name="Seconds">How long it was.</param>
/// <param name="Runs">With good answers.</param>
internal sealed record SoakWindow(TimeSpan From, double Seconds, int Runs)
{
    /// <summary>Of good answers.</summary>
    public Spread Latency { get; init; }

    /// <summary>By kind, as in <see cref="SoakCount"/>.</summary>
    public IReadOnlyDictionary<string, int> Refusals { get; init; } = new Dictionary<string, int>();

    /// <summary>Bytes that the gateway has in memory at its end, its code included.</summary>
    public long Resident { get; init; }

    /// <summary>Most bytes that were seen waiting for the database; null where the gateway does not tell.</summary>
    public double? Queue { get; init; }

    /// <summary>Usage events that were lost since the gateway's start; null where it does not tell.</summary>
    public double? Dropped { get; init; }

    /// <summary>Processor time of the gateway for each run, in milliseconds.</summary>
    public double Processor { get; init; }

    /// <summary>The same of the load.</summary>
    public double Load { get; init; }

    public double RunsPerSecond => Runs / Seconds;

    public int Refused => Refusals.Values.Sum();
}
