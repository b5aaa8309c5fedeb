namespace Ensemble.Load.Traffic;

/// <summary>What one slot of load brought.</summary>
/// <param name="Samples">Every run, those before the window too.</param>
internal sealed record SlotLoad(IReadOnlyList<Sample> Samples, int Errors, string? FirstError)
{
    /// <summary>Begin of the measured window.</summary>
    public long From { get; init; }

    /// <summary>Its end; runs under way were still finished.</summary>
    public long To { get; init; }

    /// <summary>Processor time of the gateway over the whole slot.</summary>
    public TimeSpan ProcessorTime { get; init; }

    /// <summary>The same of this process, which makes the load.</summary>
    public TimeSpan LoadTime { get; init; }

    /// <summary>Runs that began inside the window: their latencies count.</summary>
    public IEnumerable<Sample> Measured => Samples.Where(sample => sample.Start >= From);

    /// <summary>Runs that ended inside the window: they make the runs a second.</summary>
    public int EndedInside => Samples.Count(sample => sample.End >= From && sample.End < To);
}
