using Ensemble.Chat;
using Ensemble.Usage;

namespace Ensemble.Grains.Serialization;

/// <summary><see cref="UsageTotals"/> on the wire.</summary>
[GenerateSerializer]
[Alias(WireNames.UsageTotals)]
internal struct UsageTotalsSurrogate
{
    [Id(0)]
    public TokenUsage Reported;

    [Id(1)]
    public long EstimatedPromptTokens;

    [Id(2)]
    public long EstimatedCompletionTokens;

    [Id(3)]
    public decimal? CostUsd;
}

[RegisterConverter]
internal sealed class UsageTotalsConverter : IConverter<UsageTotals, UsageTotalsSurrogate>
{
    public UsageTotals ConvertFromSurrogate(in UsageTotalsSurrogate surrogate) => new()
    {
        Reported = surrogate.Reported,
        EstimatedPromptTokens = surrogate.EstimatedPromptTokens,
        EstimatedCompletionTokens = surrogate.EstimatedCompletionTokens,
        CostUsd = surrogate.CostUsd,
    };

    public UsageTotalsSurrogate ConvertToSurrogate(in UsageTotals value) => new()
    {
        Reported = value.Reported,
        EstimatedPromptTokens = value.EstimatedPromptTokens,
        EstimatedCompletionTokens = value.EstimatedCompletionTokens,
        CostUsd = value.CostUsd,
    };
}
