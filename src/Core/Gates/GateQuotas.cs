namespace Ensemble.Gates;

/// <summary>What is left of a gate's limits; null where there is none of that kind.</summary>
/// <param name="Requests">Of a minute, or of a day where only that is limited.</param>
/// <param name="Tokens">Of a minute.</param>
public readonly record struct GateQuotas(GateQuota? Requests, GateQuota? Tokens)
{
    /// <summary>Of each kind the one of which less is left.</summary>
    public static GateQuotas Strictest(GateQuotas one, GateQuotas other) =>
        new(Strictest(one.Requests, other.Requests), Strictest(one.Tokens, other.Tokens));

    private static GateQuota? Strictest(GateQuota? one, GateQuota? other) =>
        one is null || other?.Remaining < one.Value.Remaining ? other ?? one : one;
}

/// <summary>What is left of a limit.</summary>
/// <param name="Reset">Until nothing of it is used any more, if nobody asks meanwhile.</param>
[GenerateSerializer(IncludePrimaryConstructorParameters = false)]
[Immutable]
public readonly record struct GateQuota(
    [property: Id(0)] long Limit,
    [property: Id(1)] long Remaining,
    [property: Id(2)] TimeSpan Reset);
