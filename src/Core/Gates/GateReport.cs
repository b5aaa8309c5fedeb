namespace Ensemble.Gates;

/// <summary>What a process did at a gate since its last report, without having asked for each call.</summary>
public sealed record GateReport
{
    /// <summary>Names the process.</summary>
    public required Guid Agent { get; init; }

    /// <summary>Grows by one with each report of the process for this gate, so that one that arrives twice counts once.</summary>
    public required long Number { get; init; }

    /// <summary>Calls that began.</summary>
    public int Requests { get; init; }

    /// <summary>Prompts and completions of calls that ended.</summary>
    public long Tokens { get; init; }

    /// <summary>Calls in flight that were not reported before.</summary>
    public IReadOnlyList<GateLease> Begun { get; init; } = [];

    /// <summary>Leases of calls that were reported as begun, and have ended.</summary>
    public IReadOnlyList<Guid> Ended { get; init; } = [];

    /// <summary>In the order in which the calls ended; of successes in a row only the last.</summary>
    public IReadOnlyList<GateOutcome> Outcomes { get; init; } = [];
}
