using Ensemble.Gates;

namespace Ensemble.Grains.Serialization;

/// <summary><see cref="GateReport"/> on the wire.</summary>
[GenerateSerializer]
[Alias(Aliases.GateReport)]
internal struct GateReportSurrogate
{
    [Id(0)]
    public Guid Agent;

    [Id(1)]
    public long Number;

    [Id(2)]
    public int Requests;

    [Id(3)]
    public long Tokens;

    [Id(4)]
    public GateLease[]? Begun;

    [Id(5)]
    public Guid[]? Ended;

    [Id(6)]
    public GateOutcome[]? Outcomes;
}

[RegisterConverter]
internal sealed class GateReportConverter : IConverter<GateReport, GateReportSurrogate>
{
    public GateReport ConvertFromSurrogate(in GateReportSurrogate surrogate) => new()
    {
        Agent = surrogate.Agent,
        Number = surrogate.Number,
        Requests = surrogate.Requests,
        Tokens = surrogate.Tokens,
        Begun = surrogate.Begun ?? [],
        Ended = surrogate.Ended ?? [],
        Outcomes = surrogate.Outcomes ?? [],
    };

    public GateReportSurrogate ConvertToSurrogate(in GateReport value) => new()
    {
        Agent = value.Agent,
        Number = value.Number,
        Requests = value.Requests,
        Tokens = value.Tokens,
        Begun = [.. value.Begun],
        Ended = [.. value.Ended],
        Outcomes = [.. value.Outcomes],
    };
}
