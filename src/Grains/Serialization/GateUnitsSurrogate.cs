using Ensemble.Gates;

namespace Ensemble.Grains.Serialization;

/// <summary><see cref="GateUnits"/> on the wire.</summary>
[GenerateSerializer]
[Alias(WireNames.GateUnits)]
internal struct GateUnitsSurrogate
{
    [Id(0)]
    public long Requests;

    [Id(1)]
    public long Tokens;

    [Id(2)]
    public long Slots;
}

[RegisterConverter]
internal sealed class GateUnitsConverter : IConverter<GateUnits, GateUnitsSurrogate>
{
    public GateUnits ConvertFromSurrogate(in GateUnitsSurrogate surrogate) => new(surrogate.Requests, surrogate.Tokens, surrogate.Slots);

    public GateUnitsSurrogate ConvertToSurrogate(in GateUnits value) =>
        new() { Requests = value.Requests, Tokens = value.Tokens, Slots = value.Slots };
}
