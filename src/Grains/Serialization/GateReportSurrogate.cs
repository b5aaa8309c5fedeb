using Ensemble.Gates;

namespace Ensemble.Grains.Serialization;

/// <summary><see cref="GateReport"/> on the wire.</summary>
[GenerateSerializer]
[Alias(WireNames.GateReport)]
internal struct GateReportSurrogate
{
    [Id(0)]
    public Guid Agent;

    [Id(1)]
    public long Number;

    [Id(2)]
    public long Requests;

    [Id(3)]
    public long Tokens;

    [Id(4)]
    public GateLease[]? Started;

    [Id(5)]
    public GateEnd[]? Ended;

    [Id(6)]
    public GateOutcome[]? Outcomes;

    [Id(7)]
    public long Allowance;

    [Id(8)]
    public long Debt;

    [Id(9)]
    public GateUnits Returned;

    [Id(10)]
    public long Slots;

    [Id(11)]
    public GateUnits Wanted;

    [Id(12)]
    public GateLease[]? Repeated;
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
        Started = surrogate.Started ?? [],
        Ended = surrogate.Ended ?? [],
        Outcomes = surrogate.Outcomes ?? [],
        Allowance = surrogate.Allowance,
        Debt = surrogate.Debt,
        Returned = surrogate.Returned,
        Slots = surrogate.Slots,
        Wanted = surrogate.Wanted,
        Repeated = surrogate.Repeated ?? [],
    };

    public GateReportSurrogate ConvertToSurrogate(in GateReport value) => new()
    {
        Agent = value.Agent,
        Number = value.Number,
        Requests = value.Requests,
        Tokens = value.Tokens,
        Started = [.. value.Started],
        Ended = [.. value.Ended],
        Outcomes = [.. value.Outcomes],
        Allowance = value.Allowance,
        Debt = value.Debt,
        Returned = value.Returned,
        Slots = value.Slots,
        Wanted = value.Wanted,
        Repeated = [.. value.Repeated],
    };
}
