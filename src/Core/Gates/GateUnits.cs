namespace Ensemble.Gates;

/// <summary>An amount of each of what a gate limits.</summary>
/// <param name="Requests">Calls that begin.</param>
/// <param name="Tokens">Prompts and answers.</param>
/// <param name="Slots">Calls in flight.</param>
public readonly record struct GateUnits(long Requests, long Tokens, long Slots)
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
