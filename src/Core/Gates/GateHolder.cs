using Ensemble.Runs;

namespace Ensemble.Gates;

/// <summary>The sub-call that a lease was given to: what a usage event needs where nobody comes back to tell.</summary>
/// <param name="Ensemble">The alias that the caller named.</param>
public sealed record GateHolder(RunId Run, int Incarnation, string Ensemble, SubCallRole Role, SubCallKey Key);
