using Ensemble.Gates;

namespace Ensemble.Grains.Serialization;

/// <summary><see cref="GateKey"/> on the wire.</summary>
[GenerateSerializer]
[Alias(WireNames.GateKey)]
internal struct GateKeySurrogate
{
    [Id(0)]
    public int Kind;

    [Id(1)]
    public string Name;
}

[RegisterConverter]
internal sealed class GateKeyConverter : IConverter<GateKey, GateKeySurrogate>
{
    public GateKey ConvertFromSurrogate(in GateKeySurrogate surrogate) => new((GateKind)surrogate.Kind, surrogate.Name);

    public GateKeySurrogate ConvertToSurrogate(in GateKey value) => new()
    {
        Kind = (int)value.Kind,
        Name = value.Name,
    };
}
