using Ensemble.Load.Measuring;

namespace Ensemble.Load.Cluster;

/// <summary>All that <c>cluster</c> measured.</summary>
internal sealed record ClusterMeasurements
{
    /// <summary>Whole answers, stubs of 50 ms: clusters against one node.</summary>
    public IReadOnlyList<SideResult> Latency { get; init; } = [];

    /// <summary>Whole answers, stubs of 0 ms, against one node.</summary>
    public IReadOnlyList<SideResult> Throughput { get; init; } = [];

    /// <summary>Two silos against one, from the same slots.</summary>
    public CellResult? Silos { get; init; }

    public IReadOnlyList<TokenCell> Tokens { get; init; } = [];

    public IReadOnlyList<TrafficFigures> Traffic { get; init; } = [];

    /// <summary>Of parts that came to nothing.</summary>
    public IReadOnlyList<string> Failures { get; init; } = [];
}
