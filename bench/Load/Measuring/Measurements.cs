namespace Ensemble.Load.Measuring;

/// <summary>All that one benchmark measured; a part that was left out is empty.</summary>
internal sealed record Measurements
{
    /// <summary>Whole answers, stubs of 50 ms.</summary>
    public IReadOnlyList<CellResult> Latency { get; init; } = [];

    /// <summary>Whole answers, stubs of 0 ms.</summary>
    public IReadOnlyList<CellResult> Throughput { get; init; } = [];

    /// <summary>Streamed answers, stubs of 50 ms.</summary>
    public IReadOnlyList<CellResult> Stream { get; init; } = [];

    public IReadOnlyList<MemoryFigure> BaselineMemory { get; init; } = [];

    public IReadOnlyList<MemoryFigure> ProductMemory { get; init; } = [];

    public IEnumerable<CellResult> Failed => Latency.Concat(Throughput).Concat(Stream).Where(cell => cell.Failure is not null);
}
