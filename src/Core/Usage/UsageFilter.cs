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
    public string? Outcome { get; init => field = value is null ? null : OutcomeWords.Calls.Current(value); }
}

/// <summary>Which runs are meant. What is null excludes none.</summary>
/// <param name="From">Those that began then or later; whole milliseconds count.</param>
/// <param name="To">Those that began before.</param>
public sealed record RunFilter(DateTimeOffset From, DateTimeOffset To)
{
    public string? Ensemble { get; init; }

    /// <summary>The name of a caller's key; empty = nobody's.</summary>
    public string? Caller { get; init; }

    /// <summary><c>completed</c>, or the kind of failure.</summary>
    public string? Outcome { get; init => field = value is null ? null : OutcomeWords.Runs.Current(value); }

    /// <summary>Excludes runs without an agreement.</summary>
    public double? MinAgreement { get; init; }

    /// <summary>Excludes runs without an agreement.</summary>
    public double? MaxAgreement { get; init; }

    /// <summary>In US dollars. Excludes runs whose cost is unknown.</summary>
    public decimal? MinCostUsd { get; init; }

    /// <summary>How the run's name begins: hexadecimal digits in lower case.</summary>
    public string? IdPrefix { get; init; }
}

/// <summary>By what sub-calls and runs can be summed up.</summary>
public enum UsageDimension
{
    Ensemble,

    /// <summary>Of runs only.</summary>
    Strategy,

    /// <summary>Of sub-calls only.</summary>
    Model,

    /// <summary>Of sub-calls only.</summary>
    Role,

    Caller,
    Outcome,

    /// <summary>The hour in which it began, in UTC.</summary>
    Hour,

    /// <summary>The day on which it began, in UTC.</summary>
    Day,
}

/// <summary>Orders groups by their keys, one after the other, as plain characters; no key goes first.</summary>
public sealed class UsageGroupOrder : IComparer<IReadOnlyList<string?>>
{
    public static readonly UsageGroupOrder Instance = new();

    private UsageGroupOrder()
    {
    }

    public int Compare(IReadOnlyList<string?>? x, IReadOnlyList<string?>? y)
    {
        for (var index = 0; index < Math.Min(x?.Count ?? 0, y?.Count ?? 0); index++)
        {
            if (string.CompareOrdinal(x![index], y![index]) is not 0 and var order)
            {
                return order;
            }
        }

        return (x?.Count ?? 0).CompareTo(y?.Count ?? 0);
    }
}
