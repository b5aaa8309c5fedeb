namespace Ensemble.Catalog;

/// <summary>A panel of models, and what turns their answers into one. Callers see it as one model.</summary>
public sealed record EnsembleConfig
{
    public required string DisplayName { get; init; }

    public required IReadOnlyList<PanelMemberConfig> Panel { get; init; }

    public required JudgeConfig Judge { get; init; }

    public StrategyKind Strategy { get; init; }

    public RateLimitConfig? RateLimit { get; init; }

    /// <summary>Usable answers that are needed, from 1 to <see cref="AnswerCount"/>. Default: the smaller of 2 and the panel.</summary>
    public required int MinResponses { get; init; }

    /// <summary>Bounds each call; null = the called model's own.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Longest silence between two bytes of a stream. Default 30 s.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest time to the first byte that the caller sees. Default 120 s.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Longest time from the first byte that the caller sees to the last. Default 300 s.</summary>
    public TimeSpan MaxAnswer { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>After this a stream's headers are sent even where no answer byte is there yet. Default 1 s.</summary>
    public TimeSpan StreamCommit { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>What the panel waits for once it has quorum; null = as the strategy says.</summary>
    public StragglerGrace? StragglerGrace { get; init; }

    /// <summary>Asks the judge even where a single usable answer is enough.</summary>
    public bool AlwaysJudge { get; init; }

    public OnJudgeFailure OnJudgeFailure { get; init; }

    /// <summary>Calls that the panel makes: the sum of its members' samples.</summary>
    public int AnswerCount => Panel.Sum(member => member.Samples);
}
