using System.Diagnostics.CodeAnalysis;

namespace Ensemble.Usage;

/// <summary>What is kept of a run that has ended: what is searched and summed, and its manifest.</summary>
[GenerateSerializer(IncludePrimaryConstructorParameters = false)]
[Immutable]
[SuppressMessage("Usage", "ORLEANS0004", Justification = "What is only stored has no number: it is not sent.")]
public sealed record RunRecord
{
    [Id(0)]
    public required RunId Run { get; init; }

    [Id(1)]
    public required int Incarnation { get; init; }

    /// <summary>The alias that the caller named.</summary>
    [Id(2)]
    public required string Ensemble { get; init; }

    [Id(3)]
    public required string Strategy { get; init; }

    /// <summary>The name of the caller's key; null = a caller without one.</summary>
    [Id(4)]
    public string? Caller { get; init; }

    /// <summary><c>completed</c>, or the kind of failure.</summary>
    [Id(5)]
    public required string Outcome { get => OutcomeWords.Runs.Current(field); init; }

    [Id(6)]
    public required DateTimeOffset StartedAt { get; init; }

    [Id(7)]
    public required TimeSpan Total { get; init; }

    /// <summary>Null below two answers.</summary>
    [Id(8)]
    public double? Agreement { get; init; }

    [Id(9)]
    public required string[] Degraded { get; init; }

    /// <summary>Of all sub-calls, those that an earlier incarnation made and paid for included.</summary>
    [Id(10)]
    public required UsageTotals Usage { get; init; }

    /// <summary>As <see cref="StoredManifest"/> packs it; empty where the run is only told of: it is not sent to other processes.</summary>
    [field: NonSerialized]
    public required ReadOnlyMemory<byte> Manifest { get; init; }

    /// <summary>What it adds to the report on its ensemble; empty where the run is only told of.</summary>
    [field: NonSerialized]
    public IReadOnlyList<ReportCount> Counts { get; init; } = [];

    /// <exception cref="ArgumentException">The run is still in flight.</exception>
    public static RunRecord Of(RunManifest ended) =>
        WithoutManifest(ended) with { Manifest = StoredManifest.Pack(ended), Counts = RunTally.Of(ended) };

    /// <summary>What is told of a run, where nobody keeps it.</summary>
    /// <exception cref="ArgumentException">The run is still in flight.</exception>
    public static RunRecord WithoutManifest(RunManifest ended) => new()
    {
        Run = ended.Run,
        Incarnation = ended.Incarnation,
        Ensemble = ended.Ensemble,
        Strategy = ended.Strategy,
        Caller = ended.Caller,
        Outcome = ended.Outcome,
        StartedAt = ended.StartedAt,
        Total = ended.Total ?? throw new ArgumentException("The run has not ended.", nameof(ended)),
        Agreement = ended.Agreement,
        Degraded = [.. ended.Degraded],
        Usage = ended.Usage,
        Manifest = ReadOnlyMemory<byte>.Empty,
    };
}
