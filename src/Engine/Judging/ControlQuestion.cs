using Ensemble.Catalog;
namespace Ensemble.Judging;

/// <summary>A question whose answer decides something, and is shown to nobody.</summary>
internal sealed record ControlQuestion
{
    public required SubCallStep Step { get; init; }

    /// <summary>Aliases of direct models, asked in turn until one answers in the shape that is wanted.</summary>
    public required IReadOnlyList<string> Models { get; init; }

    public required JudgePrompt Prompt { get; init; }

    public required ControlSchema Schema { get; init; }

    /// <summary>Tells several questions of one step apart; from 0.</summary>
    public int Number { get; init; }

    /// <summary>Longest answer in tokens, the thoughts of a reasoning model included.</summary>
    public int MaxTokens { get; init; } = DefaultMaxTokens;

    /// <summary>Null = none is sent.</summary>
    public ReasoningEffort? Effort { get; init; }

    public const int DefaultMaxTokens = 2048;

    /// <summary>With room for the thoughts that were asked for.</summary>
    public static int MaxTokensFor(ReasoningEffort? effort) =>
        effort is ReasoningEffort.Medium or ReasoningEffort.High ? 4 * DefaultMaxTokens : DefaultMaxTokens;

    /// <summary>A plan is longer than a verdict.</summary>
    public const int PlanMaxTokens = 4096;
}
