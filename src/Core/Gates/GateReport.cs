namespace Ensemble.Gates;

/// <summary>What a process did at a gate since its last report, without having asked for each call.</summary>
public sealed record GateReport
{
    /// <summary>Names the process.</summary>
    public required Guid Agent { get; init; }

    /// <summary>Grows by one with each report of the process for this gate, so that one that arrives twice counts once.</summary>
    public required long Number { get; init; }

    /// <summary>The <see cref="GateGrant.Allowance"/> that was spent; 0 = there was none.</summary>
    public long Allowance { get; init; }

    /// <summary>Calls that began.</summary>
    public long Requests { get; init; }

    /// <summary>Prompts and completions of calls that began and ended since the last report.</summary>
    public long Tokens { get; init; }

    /// <summary>How many of <see cref="Tokens"/> are beyond what was held for their calls.</summary>
    public long Debt { get; init; }

    /// <summary>Units of the allowance that are given back.</summary>
    public GateUnits Returned { get; init; }

    /// <summary>Calls in flight and places for more that the process keeps.</summary>
    public long Slots { get; init; }

    /// <summary>What the process can use until its next report, calls in flight not included.</summary>
    public GateUnits Wanted { get; init; }

    /// <summary>Calls in flight that were not reported before.</summary>
    public IReadOnlyList<GateLease> Started { get; init; } = [];

    /// <summary>Calls in flight that were reported to an earlier keeper of the gate, which may have forgotten them.</summary>
    public IReadOnlyList<GateLease> Repeated { get; init; } = [];

    /// <summary>Calls that were reported as begun, and have ended.</summary>
    public IReadOnlyList<GateEnd> Ended { get; init; } = [];

    /// <summary>In the order in which the calls ended; of successes in a row only the last.</summary>
    public IReadOnlyList<GateOutcome> Outcomes { get; init; } = [];
}
