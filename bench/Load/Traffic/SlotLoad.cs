namespace Ensemble.Load.Traffic;

/// <summary>What one slot of load brought.</summary>
/// <param name="Samples">Every run, those before the window too.</param>
/// <param name="From">Begin of the measured window.</param>
/// <param name="To">Its end; runs under way were still finished.</param>
/// <param name="ProcessorTime">Processor time of the gateway over the whole slot.</param>
internal sealed record SlotLoad(IReadOnlyList<Sample> Samples, long From, long To, TimeSpan ProcessorTime, int Errors, string? FirstError)
{
    /// <summary>Runs that began inside the window: their latencies count.</summary>
    public IEnumerable<Sample> Measured => Samples.Where(sample => sample.Start >= From);

    /// <summary>Runs that ended inside the window: they make the runs a second.</summary>
    public int EndedInside => Samples.Count(sample => sample.End >= From && sample.End < To);
}
