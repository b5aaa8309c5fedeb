using Ensemble.Chat;
using Ensemble.Runs;

namespace Ensemble.Grains.Serialization;

/// <summary><see cref="RunRequest"/> on the wire.</summary>
[GenerateSerializer]
[Alias(Aliases.RunRequest)]
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
}

[RegisterConverter]
internal sealed class RunRequestConverter : IConverter<RunRequest, RunRequestSurrogate>
{
    public RunRequest ConvertFromSurrogate(in RunRequestSurrogate surrogate) => new()
    {
        Id = WireRunId.Read(surrogate.Run),
        Incarnation = surrogate.Incarnation,

        // The bytes that the caller sent are all there is; who gets them finds in them what it needs.
        Chat = ChatRequestParser.Parse(surrogate.Body, ChatLimits.Default),
        Caller = surrogate.Caller,
        CatalogRevision = surrogate.CatalogRevision,
        IsKept = surrogate.IsKept,
    };

    public RunRequestSurrogate ConvertToSurrogate(in RunRequest value) => new()
    {
        Run = value.Id.Value,
        Incarnation = value.Incarnation,
        Body = value.Chat.Body,
        Caller = value.Caller,
        CatalogRevision = value.CatalogRevision,
        IsKept = value.IsKept,
    };
}
