using Ensemble.Usage;

namespace Ensemble.Runs;

/// <summary>What a run did and why. Holds no text of prompts or answers, unless content is captured.</summary>
public sealed record RunManifest
{
    public const int CurrentVersion = 1;

    /// <summary>The outcome of a run that is in flight.</summary>
    public const string Running = "running";

    /// <summary>The outcome of a run that has an answer.</summary>
    public const string Completed = "completed";

    /// <summary>Of this shape; grows when a field changes its meaning.</summary>
    public int Version { get; init; } = CurrentVersion;

    public required RunId Run { get; init; }

    /// <summary>The run whose panel's answers were used; null = its panel was asked.</summary>
    public RunId? ReplayOf { get; init; }

    /// <summary>The name of the caller's key; null = a caller without one.</summary>
    public string? Caller { get; init; }

    public required int Incarnation { get; init; }

    /// <summary>The alias that the caller named.</summary>
    public required string Ensemble { get; init; }

    /// <summary><c>direct</c> where the alias is a model.</summary>
    public required string Strategy { get; init; }

    public required long CatalogRevision { get; init; }

    public required bool Streamed { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Null while the run is in flight.</summary>
    public TimeSpan? Total { get; init; }

    /// <summary>From the start to the first piece of the answer; null where none was shown.</summary>
    public TimeSpan? FirstToken { get; init; }

    /// <summary><c>running</c>, <c>completed</c>, or the kind of failure.</summary>
    public required string Outcome { get; init; }

    /// <summary>Why it failed, in the words that the caller saw.</summary>
    public string? Failure { get; init; }

    public string? FinishReason { get; init; }

    /// <summary>Null below two answers.</summary>
    public double? Agreement { get; init; }

    public required IReadOnlyList<string> Degraded { get; init; }

    public PanelManifest? Panel { get; init; }

    public JudgeManifest? Judge { get; init; }

    /// <summary>Those that the strategy chose from, in the panel's order.</summary>
    public IReadOnlyList<CandidateManifest> Candidates { get; init; } = [];

    /// <summary>In the order in which they were made.</summary>
    public IReadOnlyList<DecisionManifest> Decisions { get; init; } = [];

    public SavingsManifest Saved { get; init; } = SavingsManifest.None;

    public required IReadOnlyList<SubCallManifest> SubCalls { get; init; }

    public required UsageTotals Usage { get; init; }

    /// <summary>Whether answers may be quoted in <see cref="Candidates"/> and <see cref="Decisions"/>.</summary>
    public bool HoldsContent { get; init; }

    /// <summary>Lists that were left out because the whole would have been too long to keep, as <c>candidates</c>.</summary>
    public IReadOnlyList<string> Omitted { get; init; } = [];
}
