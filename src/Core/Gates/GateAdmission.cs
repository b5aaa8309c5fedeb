namespace Ensemble.Gates;

/// <summary>A gate's answer: exactly one of lease and refusal is set.</summary>
/// <param name="Quotas">What is left after it.</param>
public readonly record struct GateAdmission(GateLease? Lease, GateRefusal? Refusal, GateQuotas Quotas);
