namespace Ensemble.Catalog;

/// <summary>The model that writes the answer from the panel's candidates.</summary>
public sealed record JudgeConfig
{
    /// <summary>The alias of a direct model.</summary>
    public required string Model { get; init; }

    /// <summary>A template with <c>{original_request}</c> and <c>{labeled_candidates}</c>; null = the built-in prompt.</summary>
    public string? SynthesisPrompt { get; init; }

    /// <summary>Default 0.2; null = none is sent.</summary>
    public double? Temperature { get; init; } = DefaultTemperature;

    /// <summary>Null = the request's own.</summary>
    public ReasoningEffort? ReasoningEffort { get; init; }

    /// <summary>Aliases of direct models, asked in this order where the judge fails before its first byte.</summary>
    public IReadOnlyList<string> Fallbacks { get; init; } = [];

    public const double DefaultTemperature = 0.2;
}

public enum OnJudgeFailure
{
    /// <summary>The caller gets the candidate that the panel agrees on most, marked as degraded.</summary>
    BestCandidate,

    /// <summary>The run fails.</summary>
    Fail,
}

/// <summary>How a judge picks.</summary>
/// <param name="Swap">Whether it is asked a second time with the candidates in the reverse order; two different picks are none. Default
/// false.</param>
public sealed record BestOfConfig(bool Swap = false);
