namespace Ensemble.Gates;

/// <summary>What a process may do at a gate without asking for each call.</summary>
[GenerateSerializer(IncludePrimaryConstructorParameters = false)]
[Immutable]
public sealed record GateGrant
{
    /// <summary>How long a free pass is good: 10 s. A change of which no word arrives is seen after that.</summary>
    public static readonly TimeSpan PassLifetime = TimeSpan.FromSeconds(10);

    /// <summary>How long an allowance is good: 2 s.</summary>
    public static readonly TimeSpan AllowanceLifetime = TimeSpan.FromSeconds(2);

    /// <summary>How long each call is to be asked for before a pass is asked for again: 1 s.</summary>
    public static readonly TimeSpan PerCallLifetime = TimeSpan.FromSeconds(1);

    [Id(0)]
    public required GateTerms Terms { get; init; }

    /// <summary>Counted from when the report was sent that it answers.</summary>
    [Id(1)]
    public required TimeSpan Life { get; init; }

    /// <summary>
    /// The authority's epoch: where it changed, the gate has moved, and may know nothing of the process's calls in flight.
    /// </summary>
    [Id(2)]
    public required long Epoch { get; init; }

    /// <summary>
    /// Grows with each failure that counts, and when passes are revoked: a call that began with a smaller number belongs to the last
    /// failure's burst.
    /// </summary>
    [Id(3)]
    public required long Number { get; init; }

    /// <summary>Names what <see cref="Units"/> are added to: another number than before = what was left of that is void.</summary>
    [Id(5)]
    public long Allowance { get; init; }

    /// <summary>What is added to the allowance.</summary>
    [Id(6)]
    public GateUnits Units { get; init; }

    /// <summary>Set where <see cref="Terms"/> is <see cref="GateTerms.Refused"/>.</summary>
    [Id(4)]
    public GateRefusal? Refusal { get; init; }
}

/// <summary>How a process is to treat a gate. The numbers travel between processes: they never change.</summary>
public enum GateTerms
{
    /// <summary>Ask for each call.</summary>
    PerCall = 0,

    /// <summary>Let every call through: nothing is limited, and the model is in use.</summary>
    Free = 1,

    /// <summary>Let no call through: the model is left alone.</summary>
    Refused = 2,

    /// <summary>Let calls through as far as the allowance reaches.</summary>
    Allowance = 3,
}

/// <summary>An amount of each of what a gate limits.</summary>
/// <param name="Requests">Calls that begin.</param>
/// <param name="Tokens">Prompts and answers.</param>
/// <param name="Slots">Calls in flight.</param>
[GenerateSerializer(IncludePrimaryConstructorParameters = false)]
[Immutable]
public readonly record struct GateUnits([property: Id(0)] long Requests, [property: Id(1)] long Tokens, [property: Id(2)] long Slots)
{
    public bool IsNone => this == default;

    public static GateUnits operator +(GateUnits one, GateUnits other) =>
        new(one.Requests + other.Requests, one.Tokens + other.Tokens, one.Slots + other.Slots);

    public static GateUnits operator -(GateUnits one, GateUnits other) =>
        new(one.Requests - other.Requests, one.Tokens - other.Tokens, one.Slots - other.Slots);

    public static GateUnits Min(GateUnits one, GateUnits other) =>
        new(Math.Min(one.Requests, other.Requests), Math.Min(one.Tokens, other.Tokens), Math.Min(one.Slots, other.Slots));

    public static GateUnits Max(GateUnits one, GateUnits other) =>
        new(Math.Max(one.Requests, other.Requests), Math.Max(one.Tokens, other.Tokens), Math.Max(one.Slots, other.Slots));
}
