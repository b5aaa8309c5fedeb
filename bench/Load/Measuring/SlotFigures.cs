namespace Ensemble.Load.Measuring;

/// <summary>The figures of one slot; times in milliseconds.</summary>
/// <param name="Runs">Runs whose latency was measured.</param>
/// <param name="Processor">Processor time of the gateway alone for each run.</param>
internal sealed record SlotFigures(int Runs, double RunsPerSecond, Spread Latency, double Processor)
{
    /// <summary>Processor time of this process, which makes the load, for each run.</summary>
    public double Load { get; init; }

    /// <summary>Processor time for each run in milliseconds, by part; empty where only the gateway's was looked at.</summary>
    public IReadOnlyDictionary<string, double> Parts { get; init; } = new Dictionary<string, double>();

    /// <summary>From the request to the first content byte.</summary>
    public Spread FirstContent { get; init; }

    /// <summary>From the last member's answer to the first content byte that the caller read.</summary>
    public Spread PanelToContent { get; init; }

    /// <summary>From the last member's answer to the judge's call: the gateway's own part of <see cref="PanelToContent"/>.</summary>
    public Spread PanelToJudge { get; init; }
}
