using Ensemble.Grains.Answers;
using Ensemble.Runs;

namespace Ensemble.Grains.Runs;

/// <summary>How a run began, and how it ended where it has.</summary>
[GenerateSerializer]
[Immutable]
[Alias(WireNames.RunAnswered)]
public sealed record RunAnswered
{
    /// <summary>Whether there is a run.</summary>
    [Id(0)]
    public required RunStart Start { get; init; }

    /// <summary>All of its events; empty where it has not ended.</summary>
    [Id(1)]
    public RunEventMessage[] Events { get; init; } = [];

    /// <summary>The key of the <see cref="Silos.ISiloGrain"/> that has the run; null where its events are here, or there is none.</summary>
    [Id(2)]
    public string? Silo { get; init; }
}
