using Ensemble.Gates;

namespace Ensemble.Grains.Serialization;

/// <summary><see cref="GateRefusal"/> on the wire.</summary>
[GenerateSerializer]
[Alias(WireNames.GateRefusal)]
internal struct GateRefusalSurrogate
{
    [Id(0)]
    public int Limit;

    [Id(1)]
    public long Allowed;

    [Id(2)]
    public TimeSpan? RetryAfter;
}

[RegisterConverter]
internal sealed class GateRefusalConverter : IConverter<GateRefusal, GateRefusalSurrogate>
{
    public GateRefusal ConvertFromSurrogate(in GateRefusalSurrogate surrogate) =>
        new((GateLimit)surrogate.Limit, surrogate.Allowed, surrogate.RetryAfter);

    public GateRefusalSurrogate ConvertToSurrogate(in GateRefusal value) => new()
    {
        Limit = (int)value.Limit,
        Allowed = value.Allowed,
        RetryAfter = value.RetryAfter,
    };
}
