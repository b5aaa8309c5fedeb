using Ensemble.Gates;

namespace Ensemble.Grains.Serialization;

/// <summary><see cref="GateLease"/> on the wire.</summary>
[GenerateSerializer]
[Alias(WireNames.GateLease)]
internal struct GateLeaseSurrogate
{
    [Id(0)]
    public GateKey Gate;

    [Id(1)]
    public Guid Lease;

    [Id(2)]
    public long Epoch;

    [Id(3)]
    public long AdmittedAt;

    [Id(4)]
    public long Tokens;

    [Id(5)]
    public bool IsProbe;

    [Id(6)]
    public GateHolder? Holder;
}

[RegisterConverter]
internal sealed class GateLeaseConverter : IConverter<GateLease, GateLeaseSurrogate>
{
    public GateLease ConvertFromSurrogate(in GateLeaseSurrogate surrogate) => new(
        surrogate.Gate, surrogate.Lease, surrogate.Epoch, surrogate.AdmittedAt, surrogate.Tokens, surrogate.IsProbe, surrogate.Holder);

    public GateLeaseSurrogate ConvertToSurrogate(in GateLease value) => new()
    {
        Gate = value.Gate,
        Lease = value.Id,
        Epoch = value.Epoch,
        AdmittedAt = value.AdmittedAt,
        Tokens = value.Tokens,
        IsProbe = value.IsProbe,
        Holder = value.Holder,
    };
}
