namespace Ensemble.Catalog;

/// <summary>One member of a panel. The same model may be a member several times.</summary>
public sealed record PanelMemberConfig
{
    /// <summary>The alias of a direct model.</summary>
    public required string Model { get; init; }

    /// <summary>Null = the request's own.</summary>
    public double? Temperature { get; init; }

    /// <summary>Null = the request's own.</summary>
    public ReasoningEffort? ReasoningEffort { get; init; }

    /// <summary>Null = the request's own. Samples after the first count on from it.</summary>
    public long? Seed { get; init; }

    /// <summary>What this member's answer counts in a vote. Default 1.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>How often it is asked. Default 1.</summary>
    public int Samples { get; init; } = 1;
}

/// <summary>How long a panel waits for the rest once it has quorum.</summary>
/// <param name="Wait">Null = for all of them, each within its own time-out.</param>
public readonly record struct StragglerGrace(TimeSpan? Wait)
{
    public static readonly StragglerGrace All = new(null);
}
