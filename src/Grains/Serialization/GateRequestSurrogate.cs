using Ensemble.Gates;

namespace Ensemble.Grains.Serialization;

/// <summary><see cref="GateRequest"/> on the wire.</summary>
[GenerateSerializer]
[Alias(WireNames.GateRequest)]
internal struct GateRequestSurrogate
{
    [Id(0)]
    public GateKey Gate;

    [Id(1)]
    public Guid Lease;

    [Id(2)]
    public long Tokens;

    [Id(3)]
    public GateHolder? Holder;
}

[RegisterConverter]
internal sealed class GateRequestConverter : IConverter<GateRequest, GateRequestSurrogate>
{
    public GateRequest ConvertFromSurrogate(in GateRequestSurrogate surrogate) =>
        new(surrogate.Gate, surrogate.Lease, surrogate.Tokens, surrogate.Holder);

    public GateRequestSurrogate ConvertToSurrogate(in GateRequest value) => new()
    {
        Gate = value.Gate,
        Lease = value.Lease,
        Tokens = value.Tokens,
        Holder = value.Holder,
    };
}
