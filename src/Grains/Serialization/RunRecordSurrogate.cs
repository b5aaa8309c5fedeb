using Ensemble.Usage;

namespace Ensemble.Grains.Serialization;

/// <summary><see cref="RunRecord"/> on the wire, without its manifest: that is read from the accounts.</summary>
[GenerateSerializer]
[Alias(WireNames.RunRecord)]
internal struct RunRecordSurrogate
{
    [Id(0)]
    public string Run;

    [Id(1)]
    public int Incarnation;

    [Id(2)]
    public string Ensemble;

    [Id(3)]
    public string Strategy;

    [Id(4)]
    public string? Caller;

    [Id(5)]
    public string Outcome;

    [Id(6)]
    public DateTimeOffset StartedAt;

    [Id(7)]
    public TimeSpan Total;

    [Id(8)]
    public double? Agreement;

    [Id(9)]
    public string[] Degraded;

    [Id(10)]
    public UsageTotals Usage;
}

[RegisterConverter]
internal sealed class RunRecordConverter : IConverter<RunRecord, RunRecordSurrogate>
{
    public RunRecord ConvertFromSurrogate(in RunRecordSurrogate surrogate) => new()
    {
        Run = WireRunId.Read(surrogate.Run),
        Incarnation = surrogate.Incarnation,
        Ensemble = surrogate.Ensemble,
        Strategy = surrogate.Strategy,
        Caller = surrogate.Caller,
        Outcome = surrogate.Outcome,
        StartedAt = surrogate.StartedAt,
        Total = surrogate.Total,
        Agreement = surrogate.Agreement,
        Degraded = surrogate.Degraded,
        Usage = surrogate.Usage,
        Manifest = ReadOnlyMemory<byte>.Empty,
    };

    public RunRecordSurrogate ConvertToSurrogate(in RunRecord value) => new()
    {
        Run = value.Run.Value,
        Incarnation = value.Incarnation,
        Ensemble = value.Ensemble,
        Strategy = value.Strategy,
        Caller = value.Caller,
        Outcome = value.Outcome,
        StartedAt = value.StartedAt,
        Total = value.Total,
        Agreement = value.Agreement,
        Degraded = [.. value.Degraded],
        Usage = value.Usage,
    };
}
