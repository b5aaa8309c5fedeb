using Ensemble.Gates;

namespace Ensemble.Grains.Serialization;

/// <summary><see cref="GateQuota"/> on the wire.</summary>
[GenerateSerializer]
[Alias(WireNames.GateQuota)]
internal struct GateQuotaSurrogate
{
    [Id(0)]
    public long Limit;

    [Id(1)]
    public long Remaining;

    [Id(2)]
    public TimeSpan Reset;
}

[RegisterConverter]
internal sealed class GateQuotaConverter : IConverter<GateQuota, GateQuotaSurrogate>
{
    public GateQuota ConvertFromSurrogate(in GateQuotaSurrogate surrogate) => new(surrogate.Limit, surrogate.Remaining, surrogate.Reset);

    public GateQuotaSurrogate ConvertToSurrogate(in GateQuota value) => new()
    {
        Limit = value.Limit,
        Remaining = value.Remaining,
        Reset = value.Reset,
    };
}
