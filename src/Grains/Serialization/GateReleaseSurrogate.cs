using Ensemble.Gates;
using Ensemble.Upstreams;

namespace Ensemble.Grains.Serialization;

/// <summary><see cref="GateRelease"/> on the wire.</summary>
[GenerateSerializer]
[Alias(WireNames.GateRelease)]
internal struct GateReleaseSurrogate
{
    [Id(0)]
    public int Outcome;

    [Id(1)]
    public long? Tokens;

    [Id(2)]
    public TimeSpan? RetryAfter;

    [Id(3)]
    public bool IsUnused;
}

[RegisterConverter]
internal sealed class GateReleaseConverter : IConverter<GateRelease, GateReleaseSurrogate>
{
    public GateRelease ConvertFromSurrogate(in GateReleaseSurrogate surrogate) =>
        new((CallOutcome)surrogate.Outcome, surrogate.Tokens, surrogate.RetryAfter, surrogate.IsUnused);

    public GateReleaseSurrogate ConvertToSurrogate(in GateRelease value) => new()
    {
        Outcome = (int)value.Outcome,
        Tokens = value.Tokens,
        RetryAfter = value.RetryAfter,
        IsUnused = value.IsUnused,
    };
}
