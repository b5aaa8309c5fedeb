namespace Ensemble.Usage;

/// <summary>What is kept of a run that has ended: what is searched and summed, and its manifest.</summary>
public sealed record RunRecord
{
    public required RunId Run { get; init; }

    public required int Incarnation { get; init; }

    /// <summary>The alias that the caller named.</summary>
    public required string Ensemble { get; init; }

    public required string Strategy { get; init; }

    /// <summary>The name of the caller's key; null = a caller without one.</summary>
    public string? Caller { get; init; }

    /// <summary><c>completed</c>, or the kind of failure.</summary>
    public required string Outcome { get; init => field = OutcomeWords.Runs.Current(value); }

    public required DateTimeOffset StartedAt { get; init; }

    public required TimeSpan Total { get; init; }

    /// <summary>Null below two answers.</summary>
    public double? Agreement { get; init; }

    public required IReadOnlyList<string> Degraded { get; init; }

    /// <summary>Of all sub-calls, those that an earlier incarnation made and paid for included.</summary>
    public required UsageTotals Usage { get; init; }

    /// <summary>As <see cref="StoredManifest"/> packs it; empty where the run is only told of.</summary>
    public required ReadOnlyMemory<byte> Manifest { get; init; }

    /// <summary>What it adds to the report on its ensemble; empty where the run is only told of.</summary>
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
        Degraded = ended.Degraded,
        Usage = ended.Usage,
        Manifest = ReadOnlyMemory<byte>.Empty,
    };
}
