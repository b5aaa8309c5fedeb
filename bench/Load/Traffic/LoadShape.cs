namespace Ensemble.Load.Traffic;

/// <summary>The load of one cell: callers in a closed loop, each asking again when its last run ended.</summary>
/// <param name="Panel">Members of the ensemble; 0 = a model is called directly.</param>
/// <param name="Latency">Milliseconds that the stub takes for each call.</param>
internal sealed record LoadShape(int Panel, int Latency, int Callers, bool Streamed, TimeSpan Measured)
{
    /// <summary>
    /// Callers start spread over the time that a run takes at least. Started together they would stay together, and what would be measured is
    /// how long a burst of them queues for two processors.
    /// </summary>
    public TimeSpan Spread { get; init; } = TimeSpan.FromMilliseconds(Math.Max(2 * Latency, 20));

    /// <summary>
    /// From the first request to the begin of measuring: the spread, a first run of each caller, and timers that were due while the
    /// gateway was stopped.
    /// </summary>
    public TimeSpan Lead => 2 * Spread + TimeSpan.FromMilliseconds(300);

    public string Alias => Panel == 0 ? Names.Judge(Latency) : Names.Ensemble(Panel, Latency);
}
