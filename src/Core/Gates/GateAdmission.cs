namespace Ensemble.Gates;

/// <summary>A gate's answer: exactly one of the two is set.</summary>
public readonly record struct GateAdmission(GateLease? Lease, GateRefusal? Refusal)
{
    public static GateAdmission Admitted(GateLease lease) => new(lease, null);

    public static GateAdmission Refused(GateRefusal refusal) => new(null, refusal);
}
