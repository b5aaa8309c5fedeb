using Ensemble.Gates;

namespace Ensemble.Grains.Serialization;

/// <summary><see cref="GateEnd"/> on the wire.</summary>
[GenerateSerializer]
[Alias(WireNames.GateEnd)]
internal struct GateEndSurrogate
{
    [Id(0)]
    public Guid Lease;

    [Id(1)]
    public long? Tokens;

    [Id(2)]
    public bool IsUnused;
}

[RegisterConverter]
internal sealed class GateEndConverter : IConverter<GateEnd, GateEndSurrogate>
{
    public GateEnd ConvertFromSurrogate(in GateEndSurrogate surrogate) => new(surrogate.Lease, surrogate.Tokens, surrogate.IsUnused);

    public GateEndSurrogate ConvertToSurrogate(in GateEnd value) =>
        new() { Lease = value.Lease, Tokens = value.Tokens, IsUnused = value.IsUnused };
}
