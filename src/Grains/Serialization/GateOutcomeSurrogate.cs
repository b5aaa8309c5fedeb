using Ensemble.Gates;
using Ensemble.Upstreams;

namespace Ensemble.Grains.Serialization;

/// <summary><see cref="GateOutcome"/> on the wire.</summary>
[GenerateSerializer]
[Alias(WireNames.GateOutcome)]
internal struct GateOutcomeSurrogate
{
    [Id(0)]
    public int Outcome;

    [Id(1)]
    public TimeSpan? RetryAfter;

    [Id(2)]
    public long Seen;

    [Id(3)]
    public TimeSpan Age;
}

[RegisterConverter]
internal sealed class GateOutcomeConverter : IConverter<GateOutcome, GateOutcomeSurrogate>
{
    public GateOutcome ConvertFromSurrogate(in GateOutcomeSurrogate surrogate) =>
        new((CallOutcome)surrogate.Outcome, surrogate.RetryAfter, surrogate.Seen, surrogate.Age);

    public GateOutcomeSurrogate ConvertToSurrogate(in GateOutcome value) => new()
    {
        Outcome = (int)value.Outcome,
        RetryAfter = value.RetryAfter,
        Seen = value.Seen,
        Age = value.Age,
    };
}
