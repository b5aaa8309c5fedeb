using Ensemble.Chat;

namespace Ensemble.Usage;

/// <summary>The tokens and the cost of a run's sub-calls. What was reported and what was estimated are never mixed.</summary>
[GenerateSerializer(IncludePrimaryConstructorParameters = false)]
[Immutable]
public sealed record UsageTotals
{
    /// <summary>The sum of what providers reported.</summary>
    [Id(0)]
    public required TokenUsage Reported { get; init; }

    /// <summary>Prompt tokens estimated for sub-calls whose provider reported none.</summary>
    [Id(1)]
    public required long EstimatedPromptTokens { get; init; }

    /// <summary>Completion tokens estimated for sub-calls whose provider reported none.</summary>
    [Id(2)]
    public required long EstimatedCompletionTokens { get; init; }

    /// <summary>Null where the cost of any sub-call is unknown.</summary>
    [Id(3)]
    public decimal? CostUsd { get; init; }

    /// <summary>Prompts and completions, reported or else estimated: what counts towards a limit.</summary>
    public long TotalTokens => Reported.PromptTokens + Reported.CompletionTokens + EstimatedPromptTokens + EstimatedCompletionTokens;

    public bool HasEstimates => EstimatedPromptTokens + EstimatedCompletionTokens > 0;

    public static readonly UsageTotals None =
        new() { Reported = TokenUsage.None, EstimatedPromptTokens = 0, EstimatedCompletionTokens = 0, CostUsd = 0 };
}
