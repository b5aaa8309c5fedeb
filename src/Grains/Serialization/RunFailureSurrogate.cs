using Ensemble.Runs;

namespace Ensemble.Grains.Serialization;

/// <summary><see cref="RunFailure"/> on the wire.</summary>
[GenerateSerializer]
[Alias(WireNames.RunFailure)]
internal struct RunFailureSurrogate
{
    [Id(0)]
    public int Kind;

    [Id(1)]
    public string Message;

    [Id(2)]
    public string? Code;

    [Id(3)]
    public string? Param;

    [Id(4)]
    public int? Status;

    [Id(5)]
    public TimeSpan? RetryAfter;

    [Id(6)]
    public bool IsPermanent;

    [Id(7)]
    public string? Original;
}

[RegisterConverter]
internal sealed class RunFailureConverter : IConverter<RunFailure, RunFailureSurrogate>
{
    public RunFailure ConvertFromSurrogate(in RunFailureSurrogate surrogate) => new((RunFailureKind)surrogate.Kind, surrogate.Message)
    {
        Code = surrogate.Code,
        Param = surrogate.Param,
        Status = surrogate.Status,
        RetryAfter = surrogate.RetryAfter,
        IsPermanent = surrogate.IsPermanent,
        Original = surrogate.Original,
    };

    public RunFailureSurrogate ConvertToSurrogate(in RunFailure value) => new()
    {
        Kind = (int)value.Kind,
        Message = value.Message,
        Code = value.Code,
        Param = value.Param,
        Status = value.Status,
        RetryAfter = value.RetryAfter,
        IsPermanent = value.IsPermanent,
        Original = value.Original,
    };
}
