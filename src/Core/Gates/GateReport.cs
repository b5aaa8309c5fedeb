namespace Ensemble.Gates;

/// <summary>What a process did at a gate since its last report, without having asked for each call.</summary>
[GenerateSerializer(IncludePrimaryConstructorParameters = false)]
[Immutable]
public sealed record GateReport
{
    /// <summary>Names the process.</summary>
    [Id(0)]
    public required Guid Agent { get; init; }

    /// <summary>Grows by one with each report of the process for this gate, so that one that arrives twice counts once.</summary>
    [Id(1)]
    public required long Number { get; init; }

    /// <summary>The <see cref="GateGrant.Allowance"/> that was spent; 0 = there was none.</summary>
    [Id(7)]
    public long Allowance { get; init; }

    /// <summary>Calls that began.</summary>
    [Id(2)]
    public long Requests { get; init; }

    /// <summary>Prompts and completions of calls that began and ended since the last report.</summary>
    [Id(3)]
    public long Tokens { get; init; }

    /// <summary>How many of <see cref="Tokens"/> are beyond what was held for their calls.</summary>
    [Id(8)]
    public long Debt { get; init; }

    /// <summary>Units of the allowance that are given back.</summary>
    [Id(9)]
    public GateUnits Returned { get; init; }

    /// <summary>Calls in flight and places for more that the process keeps.</summary>
    [Id(10)]
    public long Slots { get; init; }

    /// <summary>What the process can use until its next report, calls in flight not included.</summary>
    [Id(11)]
    public GateUnits Wanted { get; init; }

    /// <summary>Calls in flight that were not reported before.</summary>
    [Id(4)]
    public GateLease[] Started { get => field ?? []; init; }

    /// <summary>Calls in flight that were reported to an earlier keeper of the gate, which may have forgotten them.</summary>
    [Id(12)]
    public GateLease[] Repeated { get => field ?? []; init; }

    /// <summary>Calls that were reported as begun, and have ended.</summary>
    [Id(5)]
    public GateEnd[] Ended { get => field ?? []; init; }

    /// <summary>In the order in which the calls ended; of successes in a row only the last.</summary>
    [Id(6)]
    public GateOutcome[] Outcomes { get => field ?? []; init; }
}
