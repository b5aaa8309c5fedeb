using Ensemble.Chat;
using Ensemble.Runs;

namespace Ensemble.Grains.Serialization;

/// <summary><see cref="RunRequest"/> on the wire.</summary>
[GenerateSerializer]
[Alias(WireNames.RunRequest)]
internal struct RunRequestSurrogate
{
    [Id(0)]
    public string Run;

    [Id(1)]
    public int Incarnation;

    [Id(2)]
    public ReadOnlyMemory<byte> Body;

    [Id(3)]
    public string? Caller;

    [Id(4)]
    public long CatalogRevision;

    [Id(5)]
    public bool IsKept;

    /// <summary>
    /// Null where it is no replay; else <see cref="Body"/> is empty, and a node that knows no replays refuses the request instead of asking
    /// the panel.
    /// </summary>
    [Id(6)]
    public string? ReplayOf;

    [Id(7)]
    public string? ReplayStrategy;

    [Id(8)]
    public string? ReplayJudge;

    [Id(9)]
    public ReadOnlyMemory<byte> ReplayBody;
}

[RegisterConverter]
internal sealed class RunRequestConverter : IConverter<RunRequest, RunRequestSurrogate>
{
    public RunRequest ConvertFromSurrogate(in RunRequestSurrogate surrogate) => new()
    {
        Id = RunIdCodec.Read(surrogate.Run),
        Incarnation = surrogate.Incarnation,

        // The bytes that the caller sent are all there is; who gets them finds in them what it needs.
        Chat = ChatRequestParser.Parse(surrogate.ReplayOf is null ? surrogate.Body : surrogate.ReplayBody, ChatLimits.Rewritten),
        Caller = surrogate.Caller,
        CatalogRevision = surrogate.CatalogRevision,
        IsKept = surrogate.IsKept,
        Replay = surrogate.ReplayOf is null ? null : new RunReplay(RunIdCodec.Read(surrogate.ReplayOf))
        {
            Strategy = surrogate.ReplayStrategy is { } strategy ? ReplayRules.Names[strategy] : null,
            Judge = surrogate.ReplayJudge,
        },
    };

    public RunRequestSurrogate ConvertToSurrogate(in RunRequest value) => new()
    {
        Run = value.Id.Value,
        Incarnation = value.Incarnation,
        Body = value.Replay is null ? value.Chat.Body : default,
        Caller = value.Caller,
        CatalogRevision = value.CatalogRevision,
        IsKept = value.IsKept,
        ReplayOf = value.Replay?.Of.Value,
        ReplayStrategy = value.Replay?.Strategy is { } strategy ? SnakeCase.Of(strategy) : null,
        ReplayJudge = value.Replay?.Judge,
        ReplayBody = value.Replay is null ? default : value.Chat.Body,
    };
}
