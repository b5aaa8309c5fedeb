using Ensemble.Upstreams;

namespace Ensemble.Gates;

/// <summary>What a call said about the health of a model, as the process that made it tells the gate.</summary>
/// <param name="RetryAfter">How long the provider asked to be left alone.</param>
/// <param name="Seen">The <see cref="GateGrant.Number"/> of the pass that the call began with.</param>
/// <param name="Age">How long ago the call ended.</param>
[GenerateSerializer(IncludePrimaryConstructorParameters = false)]
[Immutable]
public readonly record struct GateOutcome(
    [property: Id(0)] CallOutcome Outcome,
    [property: Id(1)] TimeSpan? RetryAfter,
    [property: Id(2)] long Seen,
    [property: Id(3)] TimeSpan Age);
