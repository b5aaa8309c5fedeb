using Ensemble.Upstreams;

namespace Ensemble.Gates;

/// <summary>What became of the attempt that a lease stood for.</summary>
/// <param name="Tokens">Prompt and completion as reported; null where the provider did not say.</param>
/// <param name="RetryAfter">How long the provider asked to be left alone.</param>
public readonly record struct GateRelease(CallOutcome Outcome, long? Tokens, TimeSpan? RetryAfter);
