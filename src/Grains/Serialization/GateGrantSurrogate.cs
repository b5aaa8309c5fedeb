using Ensemble.Gates;

namespace Ensemble.Grains.Serialization;

/// <summary><see cref="GateGrant"/> on the wire.</summary>
[GenerateSerializer]
[Alias(WireNames.GateGrant)]
internal struct GateGrantSurrogate
{
    [Id(0)]
    public int Terms;

    [Id(1)]
    public TimeSpan Life;

    [Id(2)]
    public long Epoch;

    [Id(3)]
    public long Number;

    [Id(4)]
    public GateRefusal? Refusal;

    [Id(5)]
    public long Allowance;

    [Id(6)]
    public GateUnits Units;
}

[RegisterConverter]
internal sealed class GateGrantConverter : IConverter<GateGrant, GateGrantSurrogate>
{
    public GateGrant ConvertFromSurrogate(in GateGrantSurrogate surrogate) => new()
    {
        Terms = (GateTerms)surrogate.Terms,
        Life = surrogate.Life,
        Epoch = surrogate.Epoch,
        Number = surrogate.Number,
        Refusal = surrogate.Refusal,
        Allowance = surrogate.Allowance,
        Units = surrogate.Units,
    };

    public GateGrantSurrogate ConvertToSurrogate(in GateGrant value) => new()
    {
        Terms = (int)value.Terms,
        Life = value.Life,
        Epoch = value.Epoch,
        Number = value.Number,
        Refusal = value.Refusal,
        Allowance = value.Allowance,
        Units = value.Units,
    };
}
