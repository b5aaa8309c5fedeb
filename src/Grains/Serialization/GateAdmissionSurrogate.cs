using Ensemble.Gates;

namespace Ensemble.Grains.Serialization;

/// <summary><see cref="GateAdmission"/> on the wire.</summary>
[GenerateSerializer]
[Alias(WireNames.GateAdmission)]
internal struct GateAdmissionSurrogate
{
    [Id(0)]
    public GateLease? Lease;

    [Id(1)]
    public GateRefusal? Refusal;

    [Id(2)]
    public GateQuota? Requests;

    [Id(3)]
    public GateQuota? Tokens;
}

[RegisterConverter]
internal sealed class GateAdmissionConverter : IConverter<GateAdmission, GateAdmissionSurrogate>
{
    public GateAdmission ConvertFromSurrogate(in GateAdmissionSurrogate surrogate) =>
        new(surrogate.Lease, surrogate.Refusal, new GateQuotas(surrogate.Requests, surrogate.Tokens));

    public GateAdmissionSurrogate ConvertToSurrogate(in GateAdmission value) => new()
    {
        Lease = value.Lease,
        Refusal = value.Refusal,
        Requests = value.Quotas.Requests,
        Tokens = value.Quotas.Tokens,
    };
}
