using Ensemble.Runs;

namespace Ensemble.Grains.Serialization;

/// <summary><see cref="RunAnswer"/> on the wire.</summary>
[GenerateSerializer]
[Alias(WireNames.RunAnswer)]
internal struct RunAnswerSurrogate
{
    [Id(0)]
    public string FinishReason;

    [Id(1)]
    public string? Refusal;

    [Id(2)]
    public bool IsDirect;

    [Id(3)]
    public ReadOnlyMemory<byte> Choices;

    [Id(4)]
    public ReadOnlyMemory<byte> Fields;

    [Id(5)]
    public ReadOnlyMemory<byte> UsageFields;
}

[RegisterConverter]
internal sealed class RunAnswerConverter : IConverter<RunAnswer, RunAnswerSurrogate>
{
    public RunAnswer ConvertFromSurrogate(in RunAnswerSurrogate surrogate) => new(surrogate.FinishReason)
    {
        Refusal = surrogate.Refusal,
        IsDirect = surrogate.IsDirect,
        Choices = surrogate.Choices,
        Fields = surrogate.Fields,
        UsageFields = surrogate.UsageFields,
    };

    public RunAnswerSurrogate ConvertToSurrogate(in RunAnswer value) => new()
    {
        FinishReason = value.FinishReason,
        Refusal = value.Refusal,
        IsDirect = value.IsDirect,
        Choices = value.Choices,
        Fields = value.Fields,
        UsageFields = value.UsageFields,
    };
}
