using Ensemble.Chat;
using Ensemble.Upstreams;

namespace Ensemble.Usage;

/// <summary>What a run did and why. Holds no text of prompts or answers, unless content is captured.</summary>
public sealed record RunManifest
{
    public const int CurrentVersion = 1;

    /// <summary>The outcome of a run that is in flight.</summary>
    public const string Running = "running";

    /// <summary>The outcome of a run that has an answer.</summary>
    public const string Completed = "completed";

    /// <summary>The strategy of a run whose alias is a model.</summary>
    public const string Direct = "direct";

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
    public required string Outcome { get; init => field = OutcomeWords.Runs.Current(value); }

    /// <summary>Why it failed, in the words that the caller saw.</summary>
    public string? Failure { get; init; }

    public string? FinishReason { get; init; }

    /// <summary>Null below two answers.</summary>
    public double? Agreement { get; init; }

    public required IReadOnlyList<string> Degraded { get; init; }

    public PanelManifest? Panel { get; init; }

    public JudgeManifest? Judge { get; init; }

    /// <summary>
    /// The names of the panel's members in reports, in the catalog's order, also of those that were not asked; empty where the strategy has
    /// no panel. Null for a single model, and in manifests of older versions, which say too little for a report.
    /// </summary>
    public IReadOnlyList<string>? Members { get; init; }

    /// <summary>
    /// The cluster of the candidates that say what the answer says. Null where there was no answer, no candidate says it, or that is not
    /// known: a judge's prose is not compared.
    /// </summary>
    public int? DecidingCluster { get; init; }

    /// <summary>Those that the strategy chose from, in the panel's order.</summary>
    public IReadOnlyList<CandidateManifest> Candidates { get; init; } = [];

    /// <summary>In the order in which they were made.</summary>
    public IReadOnlyList<DecisionManifest> Decisions { get; init; } = [];

    public SavingsManifest Saved { get; init; } = SavingsManifest.None;

    public required IReadOnlyList<SubCallManifest> SubCalls { get; init; }

    public required UsageTotals Usage { get; init; }

    /// <summary>Whether answers may be quoted in <see cref="Candidates"/> and <see cref="Decisions"/>.</summary>
    public bool HoldsContent { get; init; }

    /// <summary>Whether a call was cancelled because the panel had waited for it long enough.</summary>
    public bool IsStraggler(UsageEvent call) =>
        call is { Role: SubCallRole.Panel, Outcome: CallOutcome.Cancelled } && Panel?.ClosedBecause == PanelManifest.GraceOver;

    /// <summary>Lists that were left out because the whole would have been too long to keep, as <c>candidates</c>.</summary>
    public IReadOnlyList<string> Omitted { get; init; } = [];
}

/// <summary>A sub-call and what it took.</summary>
public sealed record SubCallManifest(UsageEvent Usage)
{
    /// <summary>As the provider reported it; null where it did not.</summary>
    public TokenUsage? Reported { get; init; }

    /// <summary>Taken over from an earlier incarnation, which paid for it.</summary>
    public bool IsRemembered { get; init; }

    /// <summary>The version of the built-in wording that it asked with; null = the caller's own words.</summary>
    public string? Prompt { get; init; }

    /// <summary>The seed that was sent; null = none was.</summary>
    public long? Seed { get; init; }

    /// <summary>Request fields that the provider does not take.</summary>
    public IReadOnlyList<string> DroppedParameters { get; init; } = [];

    /// <summary>In the provider's words: for those who may read names.</summary>
    public string? Error { get; init; }
}

/// <summary>An answer that could be used, as the strategy saw it.</summary>
/// <param name="Member">Index in the panel, or in the strategy's own list of models.</param>
/// <param name="Sample">Index among that member's answers.</param>
/// <param name="Weight">What it counts.</param>
public sealed record CandidateManifest(int Member, int Sample, double Weight)
{
    /// <summary>
    /// What was found in it: <c>json</c>, <c>tool_calls</c>, <c>choice</c>, <c>number</c>, <c>yes_no</c>, <c>short_text</c>; null = prose,
    /// or nothing that counts.
    /// </summary>
    public string? AnswerType { get; init; }

    /// <summary>In canonical form; null unless content is captured.</summary>
    public string? Answer { get; init; }

    /// <summary>Answers of one number say the same; null where they were not compared.</summary>
    public int? Cluster { get; init; }

    /// <summary>
    /// Answers with the same number are one party in a vote, with any strategy; null = no vote, because the answer has nothing to compare,
    /// is not in the caller's format, or was not compared.
    /// </summary>
    public int? Party { get; init; }

    /// <summary>By which the strategy chose, as the mean log-probability of an answer; null where it has none.</summary>
    public double? Score { get; init; }
}

/// <summary>A step of a strategy, and why it went that way.</summary>
/// <param name="Step">What was decided, as <c>vote</c>, <c>rung</c>, <c>route</c>, <c>audit</c>.</param>
/// <param name="Verdict">How, as <c>accepted</c>.</param>
public sealed record DecisionManifest(string Step, string Verdict)
{
    /// <summary>A stable word, or a short sentence; never text of a prompt or an answer unless content is captured.</summary>
    public string? Reason { get; init; }

    /// <summary>Of several of that kind, which; from 0.</summary>
    public int? Index { get; init; }

    /// <summary>Whose answer was chosen, where one was.</summary>
    public int? Member { get; init; }

    public int? Sample { get; init; }

    /// <summary>By which it was measured, as the agreement of a rung.</summary>
    public double? Value { get; init; }
}

/// <summary>What the judge was shown.</summary>
/// <param name="PromptVersion">Of the built-in prompt, or <c>custom</c>.</param>
/// <param name="Order">The candidates in the order in which they stood: label → member and sample.</param>
/// <param name="SchemaValid">Whether the answer fits the caller's schema; null where there is none, or no answer.</param>
public sealed record JudgeManifest(string PromptVersion, IReadOnlyList<LabelledCandidate> Order, bool? SchemaValid);

/// <summary>A candidate as a judge saw it.</summary>
/// <param name="Cut">Whether its middle was left out, because it was longer than its share of the judge's context.</param>
public sealed record LabelledCandidate(string Label, int Member, int Sample, bool Cut);

/// <summary>How a panel answered.</summary>
/// <param name="Required">Usable answers that were needed.</param>
/// <param name="Usable">Usable answers that came.</param>
/// <param name="QuorumAfter">From its opening; null where quorum was not reached.</param>
/// <param name="ClosedAfter">From its opening: when the run went on, or gave up.</param>
/// <param name="ClosedBecause"><c>all_answered</c>, <c>grace_over</c>, <c>quorum_out_of_reach</c>, <c>deadline</c>,
/// <c>cancelled</c>.</param>
public sealed record PanelManifest(int Required, int Usable, TimeSpan? QuorumAfter, TimeSpan ClosedAfter, string ClosedBecause)
{
    /// <summary><see cref="ClosedBecause"/> of a panel that stopped waiting for the rest.</summary>
    public const string GraceOver = "grace_over";

    /// <summary>From the run's start to its opening; null in manifests of older versions.</summary>
    public TimeSpan? OpenedAfter { get; init; }
}

/// <summary>
/// What a strategy did without. An estimate: of calls that were cancelled only the answer is counted, since their prompt was sent.
/// </summary>
/// <param name="Calls">Not made, or cancelled.</param>
/// <param name="CostUsd">Null where a price is unknown.</param>
public sealed record SavingsManifest(int Calls, long Tokens, decimal? CostUsd)
{
    public static readonly SavingsManifest None = new(0, 0, 0);

    public static SavingsManifest operator +(SavingsManifest left, SavingsManifest right) =>
        new(left.Calls + right.Calls, left.Tokens + right.Tokens, left.CostUsd + right.CostUsd);
}
