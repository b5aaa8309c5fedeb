namespace Ensemble.Gates;

/// <summary>Why a gate let nobody through.</summary>
/// <param name="Reason">For operators and manifests.</param>
/// <param name="RetryAfter">When it is worth asking again.</param>
public sealed record GateRefusal(string Reason, TimeSpan RetryAfter);
