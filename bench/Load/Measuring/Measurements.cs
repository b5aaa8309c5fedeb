using Ensemble.Load.Cluster;
using Ensemble.Load.Ledger;
using Ensemble.Load.Soak;

namespace Ensemble.Load.Measuring;

/// <summary>All that one benchmark measured, each cell against the baseline; a part that was left out is empty.</summary>
internal sealed record Measurements
{
    /// <summary>Whole answers, stubs of 50 ms.</summary>
    public IReadOnlyList<SideResult> Latency { get; init; } = [];

    /// <summary>Whole answers, stubs of 0 ms.</summary>
    public IReadOnlyList<SideResult> Throughput { get; init; } = [];

    /// <summary>Streamed answers, stubs of 50 ms.</summary>
    public IReadOnlyList<SideResult> Stream { get; init; } = [];

    /// <summary>Whole answers of a single model, stubs of 0 ms; held against YARP.</summary>
    public IReadOnlyList<SideResult> Direct { get; init; } = [];

    /// <summary>The baseline under the load of .NET's HTTP client, held against itself under the raw load.</summary>
    public IReadOnlyList<SideResult> LoadCost { get; init; } = [];

    /// <summary>Calls between grains, of sides that are nodes.</summary>
    public IReadOnlyList<TrafficFigures> Calls { get; init; } = [];

    /// <summary>Null where it was not measured.</summary>
    public TierFigures? Tiers { get; init; }

    /// <summary>Usage events at a steady pace into each database.</summary>
    public IReadOnlyList<PacedFigures> Ledger { get; init; } = [];

    public IReadOnlyList<SoakResult> Soaks { get; init; } = [];

    /// <summary>What could not be measured on this machine, and why.</summary>
    public IReadOnlyList<string> Skipped { get; init; } = [];

    /// <summary>Parts and sides that came to nothing.</summary>
    public IReadOnlyList<string> Failures { get; init; } = [];

    /// <summary>The baseline's first.</summary>
    public IReadOnlyList<SideMemory> Memory { get; init; } = [];

    /// <summary>Names of all sides but the baseline, in the order in which they were measured.</summary>
    public IEnumerable<string> Sides =>
        Latency.Concat(Throughput).Concat(Stream).Select(result => result.Side)
            .Concat(Memory.Skip(1).Select(memory => memory.Side))
            .Concat(Soaks.Select(soak => soak.Side))
            .Distinct();

    public IEnumerable<SideResult> Failed =>
        Latency.Concat(Throughput).Concat(Stream).Concat(Direct).Concat(LoadCost).Where(result => result.Cell.Failure is not null);
}
