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

    /// <summary>The baseline's first.</summary>
    public IReadOnlyList<SideMemory> Memory { get; init; } = [];

    /// <summary>Names of all sides but the baseline, in the order in which they were measured.</summary>
    public IEnumerable<string> Sides => Latency.Concat(Throughput).Concat(Stream).Select(result => result.Side).Concat(Memory.Skip(1).Select(memory => memory.Side)).Distinct();

    public IEnumerable<SideResult> Failed => Latency.Concat(Throughput).Concat(Stream).Where(result => result.Cell.Failure is not null);
}
