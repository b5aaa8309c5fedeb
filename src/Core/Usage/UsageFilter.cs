namespace Ensemble.Usage;

/// <summary>Which sub-calls are meant. What is null excludes none.</summary>
/// <param name="From">Those that began then or later; whole milliseconds count.</param>
/// <param name="To">Those that began before.</param>
public sealed record UsageFilter(DateTimeOffset From, DateTimeOffset To)
{
    public string? Ensemble { get; init; }

    /// <summary>The called model's alias.</summary>
    public string? Model { get; init; }

    /// <summary>The name of a caller's key; empty = nobody's.</summary>
    public string? Caller { get; init; }

    /// <summary>As manifests name it.</summary>
    public string? Role { get; init; }

    /// <summary>As manifests name it.</summary>
    public string? Outcome { get; init; }
}
