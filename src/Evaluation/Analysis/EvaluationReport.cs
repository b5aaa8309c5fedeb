using Ensemble.Estimates;
using Ensemble.Evaluation.Grading;
using Ensemble.Evaluation.Running;
using Ensemble.Evaluation.Statistics;

namespace Ensemble.Evaluation.Analysis;

/// <summary>All that an evaluation found. It follows from the recorded answers, the catalog and the options alone.</summary>
internal sealed record EvaluationReport
{
    /// <summary>The name of the file with the questions.</summary>
    public required string Data { get; init; }

    /// <summary>Questions that were answered by all.</summary>
    public required int Questions { get; init; }

    /// <summary>Questions that the ceiling of the cost left out.</summary>
    public required int LeftOut { get; init; }

    public required int Seed { get; init; }

    public required string Grader { get; init; }

    /// <summary>Null where no model grades.</summary>
    public JudgeRecord? Judge { get; init; }

    /// <summary>What to do, in a sentence.</summary>
    public required string Headline { get; init; }

    /// <summary>The best single model on these questions.</summary>
    public required string BestSingle { get; init; }

    /// <summary>Whether ensembles are compared with the best model of the half of the questions that is not looked at.</summary>
    public required bool IsCrossFitted { get; init; }

    /// <summary>Single models, then models voted with themselves, then ensembles, each by accuracy.</summary>
    public required IReadOnlyList<SubjectReport> Subjects { get; init; }

    public required IReadOnlyList<PanelReport> Panels { get; init; }

    /// <summary>What a reader has to know about these figures.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
}

/// <param name="Unanswered">Questions without an answer: they count as wrong.</param>
/// <param name="CostPerThousand">US dollars for 1,000 questions; null where a model has no price.</param>
/// <param name="CostPerRight">US dollars for a right answer; null where there is none, or no price.</param>
/// <param name="Latency">Null where no time was recorded.</param>
/// <param name="Comparison">With the best single model; null for single models.</param>
internal sealed record SubjectReport(
    string Name,
    SubjectKind Kind,
    Interval Accuracy,
    int Right,
    int Unanswered,
    decimal? CostPerThousand,
    decimal? CostPerRight,
    Latency? Latency,
    double CallsPerQuestion,
    Comparison? Comparison)
{
    /// <summary>Questions that its best member has right and it has not.</summary>
    public IReadOnlyList<LostQuestion> Lost { get; init; } = [];

    /// <summary>Whom <see cref="Lost"/> is about; null = nobody.</summary>
    public string? BestMember { get; init; }
}

/// <param name="Difference">Accuracy minus that of the best single model.</param>
/// <param name="OnlyThis">Questions that only the ensemble has right.</param>
/// <param name="OnlyBest">Questions that only the single model has right.</param>
/// <param name="PValue">Of McNemar's exact test.</param>
/// <param name="AdjustedPValue">The same by Holm's rule, over all that are compared.</param>
/// <param name="QuestionsNeeded">To see a difference of 3 points with a probability of 80 %.</param>
/// <param name="CostRatio">Its cost by that of the best single model; null where one is not known, or nothing.</param>
internal sealed record Comparison(
    Interval Difference, int OnlyThis, int OnlyBest, double PValue, double AdjustedPValue, int QuestionsNeeded, double? CostRatio)
{
    public Verdict Verdict { get; init; }

    /// <summary>The verdict in a sentence.</summary>
    public string Sentence { get; init; } = "";
}

/// <summary>What a comparison comes to.</summary>
internal enum Verdict
{
    TooFewQuestions,
    UseIt,
    DoNotFuse,
}

/// <param name="Reference">The right answer.</param>
/// <param name="Member">What the best member said.</param>
/// <param name="Answer">What the ensemble said; null = nothing.</param>
internal sealed record LostQuestion(string Id, string Question, string Reference, string Member, string? Answer);

/// <summary>How the members of a panel go together.</summary>
/// <param name="Vote">Accuracy of a vote of all of them.</param>
/// <param name="MeanCorrelation">Of the members' errors over all pairs that have one; null = none has.</param>
/// <param name="EffectiveMembers">How many independent members the panel is worth; null where no correlation is known.</param>
/// <param name="Ceiling">Questions that at least one member has right: more no choice among their answers can reach.</param>
internal sealed record PanelReport(
    string Name,
    IReadOnlyList<string> Members,
    Interval Vote,
    IReadOnlyList<PairReport> Pairs,
    double? MeanCorrelation,
    double? EffectiveMembers,
    Interval Ceiling,
    IReadOnlyList<MemberValue> Values)
{
    /// <summary>Questions that no member has right.</summary>
    public double CoFailure => 1 - Ceiling.Value;
}

/// <param name="First">Index of a member.</param>
/// <param name="Second">Index of a later one.</param>
internal sealed record PairReport(int First, int Second, Interval? Phi, int BothWrong, int SameWrong, double? SameWrongShare);

/// <param name="Accuracy">Of the member alone.</param>
/// <param name="Change">Accuracy of the vote without the member minus with it.</param>
/// <param name="CostShare">Of the panel's cost; null where a price is not known, or nothing costs anything.</param>
/// <param name="Advice">To drop it; null = none.</param>
internal sealed record MemberValue(string Name, Interval Accuracy, Interval Change, double? CostShare, string? Advice);
