using Ensemble.Chat;

namespace Ensemble.Runs;

/// <summary>What it takes to execute a run, on this machine or on another.</summary>
public sealed record RunRequest
{
    public required RunId Id { get; init; }

    /// <summary>1 for the first execution; each further one of the same run counts on.</summary>
    public int Incarnation { get; init; } = 1;

    public required ChatRequest Chat { get; init; }

    /// <summary>The name of the caller's key; null = a caller without one.</summary>
    public string? Caller { get; init; }

    /// <summary>The revision that the request was checked against; the run uses this one or a newer one.</summary>
    public required long CatalogRevision { get; init; }

    /// <summary>
    /// Whether the caller may repeat it: it goes on though its caller leaves, and can be read for 10 minutes after its end.
    /// </summary>
    public bool IsKept { get; init; }

    /// <summary>The body's bytes as this process counts them; null = they are not counted here yet. Does not travel.</summary>
    public SharedBytes? CountedBody { get; init; }

    /// <summary>Where the panel's answers come from; null = from the panel.</summary>
    public RunReplay? Replay { get; init; }
}
