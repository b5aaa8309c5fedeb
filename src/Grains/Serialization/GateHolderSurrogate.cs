using Ensemble.Gates;

namespace Ensemble.Grains.Serialization;

/// <summary><see cref="GateHolder"/> on the wire.</summary>
[GenerateSerializer]
[Alias(WireNames.GateHolder)]
internal struct GateHolderSurrogate
{
    [Id(0)]
    public string Run;

    [Id(1)]
    public int Incarnation;

    [Id(2)]
    public string Ensemble;

    [Id(3)]
    public int Role;

    [Id(4)]
    public int Step;

    [Id(5)]
    public int Member;

    [Id(6)]
    public int Sample;
}

[RegisterConverter]
internal sealed class GateHolderConverter : IConverter<GateHolder, GateHolderSurrogate>
{
    public GateHolder ConvertFromSurrogate(in GateHolderSurrogate surrogate) => new(
        WireRunId.Read(surrogate.Run),
        surrogate.Incarnation,
        surrogate.Ensemble,
        (SubCallRole)surrogate.Role,
        new SubCallKey((SubCallStep)surrogate.Step, surrogate.Member, surrogate.Sample));

    public GateHolderSurrogate ConvertToSurrogate(in GateHolder value) => new()
    {
        Run = value.Run.Value,
        Incarnation = value.Incarnation,
        Ensemble = value.Ensemble,
        Role = (int)value.Role,
        Step = (int)value.Key.Step,
        Member = value.Key.Member,
        Sample = value.Key.Sample,
    };
}
