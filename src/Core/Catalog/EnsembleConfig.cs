namespace Ensemble.Catalog;

/// <summary>A panel of models, and what turns their answers into one. Callers see it as one model.</summary>
public sealed record EnsembleConfig
{
    public required string DisplayName { get; init; }

    /// <summary>Empty where the strategy's own block names the models.</summary>
    public required IReadOnlyList<PanelMemberConfig> Panel { get; init; }

    /// <summary>Null where the strategy does without one.</summary>
    public JudgeConfig? Judge { get; init; }

    public StrategyKind Strategy { get; init; }

    public RateLimitConfig? RateLimit { get; init; }

    /// <summary>
    /// Usable answers that are needed, from 1 to <see cref="AnswerCount"/>. Default: the smaller of 2 and the panel; more than half of it
    /// where answers are counted.
    /// </summary>
    public required int MinResponses { get; init; }

    /// <summary>Bounds each call; null = the called model's own.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Longest silence between two bytes of a stream. Default 30 s.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest time to the first byte that the caller sees. Default 120 s.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Longest time from the first byte that the caller sees to the last. Default 300 s.</summary>
    public TimeSpan MaxAnswer { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>After this a stream's headers are sent even where no answer byte is there yet. Default 5 s.</summary>
    public TimeSpan StreamCommit { get; init; } = ModelConfig.DefaultStreamCommit;

    /// <summary>What the panel waits for once it has quorum; null = as the strategy says.</summary>
    public StragglerGrace? StragglerGrace { get; init; }

    /// <summary>Asks the judge even where a single usable answer is enough.</summary>
    public bool AlwaysJudge { get; init; }

    public OnJudgeFailure OnJudgeFailure { get; init; }

    /// <summary>Whether the judge first says what the candidates agree and differ on, for the manifest.</summary>
    public bool Analysis { get; init; }

    public AnswerType AnswerType { get; init; }

    public ToolsMode Tools { get; init; }

    /// <summary>Only with <see cref="ToolsMode.Advise"/>.</summary>
    public AdviceFrequency Advice { get; init; }

    public BudgetConfig Budget { get; init; } = BudgetConfig.None;

    public OnBudget OnBudget { get; init; }

    public BestOfConfig BestOf { get; init; } = new();

    public ConsensusConfig Consensus { get; init; } = new();

    public ConfidenceConfig Confidence { get; init; } = new();

    public CascadeConfig Cascade { get; init; } = new();

    /// <summary>Set if the strategy is <see cref="StrategyKind.Verify"/>.</summary>
    public VerifyConfig? Verify { get; init; }

    /// <summary>Set if the strategy is <see cref="StrategyKind.Route"/>.</summary>
    public RouteConfig? Route { get; init; }

    /// <summary>Set if the strategy is <see cref="StrategyKind.Specialist"/>.</summary>
    public SpecialistConfig? Specialist { get; init; }

    /// <summary>Calls that the panel makes: the sum of its members' samples.</summary>
    public int AnswerCount => Panel.Sum(member => member.Samples);

    /// <summary>The aliases of all models that a run may call, each once.</summary>
    public IReadOnlyList<string> Models
    {
        get
        {
            List<string?> names =
                [
                    .. Panel.Select(member => member.Model),
                    Judge?.Model,
                    .. Judge?.Fallbacks ?? [],
                    Consensus.EmbeddingModel,
                    Cascade.Verifier,
                ];
            names.AddRange([Verify?.Primary, Verify?.Verifier, Verify?.EscalateTo]);
            names.AddRange([.. Route?.Targets ?? [], Route?.Classifier, Route?.Verify?.Verifier]);
            names.AddRange([Specialist?.Planner, .. Specialist?.Members.Values ?? []]);
            return [.. names.OfType<string>().Distinct(StringComparer.Ordinal)];
        }
    }
}
