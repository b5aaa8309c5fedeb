using Ensemble.Upstreams;

namespace Ensemble.Gates;

/// <summary>What a call said about the health of a model, as the process that made it tells the gate.</summary>
/// <param name="RetryAfter">How long the provider asked to be left alone.</param>
/// <param name="Seen">The <see cref="GateGrant.Number"/> of the pass that the call began with.</param>
/// <param name="Age">How long ago the call ended.</param>
public readonly record struct GateOutcome(CallOutcome Outcome, TimeSpan? RetryAfter, long Seen, TimeSpan Age);
