namespace Ensemble.Usage;

/// <summary>Which runs are meant. What is null excludes none.</summary>
/// <param name="From">Those that began then or later; whole milliseconds count.</param>
/// <param name="To">Those that began before.</param>
public sealed record RunFilter(DateTimeOffset From, DateTimeOffset To)
{
    public string? Ensemble { get; init; }

    /// <summary>The name of a caller's key; empty = nobody's.</summary>
    public string? Caller { get; init; }

    /// <summary><c>completed</c>, or the kind of failure.</summary>
    public string? Outcome { get; init; }

    /// <summary>Excludes runs without an agreement.</summary>
    public double? MinAgreement { get; init; }

    /// <summary>Excludes runs without an agreement.</summary>
    public double? MaxAgreement { get; init; }

    /// <summary>In US dollars. Excludes runs whose cost is unknown.</summary>
    public decimal? MinCostUsd { get; init; }

    /// <summary>How the run's name begins: hexadecimal digits in lower case.</summary>
    public string? IdPrefix { get; init; }
}
