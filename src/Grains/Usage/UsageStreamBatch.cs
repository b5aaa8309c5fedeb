using Ensemble.Usage;

namespace Ensemble.Grains.Usage;

/// <summary>One item of a watching frontend's stream: what has ended on one silo since the item before.</summary>
[GenerateSerializer]
[Immutable]
[Alias(WireNames.UsageStreamBatch)]
public sealed record UsageStreamBatch
{
    /// <summary>Who counts the items.</summary>
    [Id(0)]
    public required string Source { get; init; }

    /// <summary>From 1 for each source, without gaps.</summary>
    [Id(1)]
    public required long Number { get; init; }

    /// <summary>Sub-calls, in order.</summary>
    [Id(2)]
    public UsageRow[] Calls { get; init; } = [];

    /// <summary>Runs whose sub-calls have all been told, without their manifests.</summary>
    [Id(3)]
    public RunRecord[] Runs { get; init; } = [];

    /// <summary>How many sub-calls and runs were left out since the item before.</summary>
    [Id(4)]
    public long Dropped { get; init; }
}
