using Ensemble.Evaluation.Data;

namespace Ensemble.Evaluation.Running;

/// <summary>What came of one question.</summary>
/// <param name="Outcomes">By subject.</param>
/// <param name="Panels">By ensemble.</param>
internal sealed record QuestionResult(
    EvaluationQuestion Question, IReadOnlyDictionary<string, Outcome> Outcomes, IReadOnlyDictionary<string, PanelOutcome> Panels);

/// <summary>How one subject answered a question.</summary>
/// <param name="Text">The answer; null = there was none, which counts as wrong.</param>
/// <param name="CostUsd">Null where a model has no price.</param>
/// <param name="Time">Until the answer was there.</param>
/// <param name="Calls">To models.</param>
internal sealed record Outcome(string? Text, bool IsRight, decimal? CostUsd, TimeSpan Time, int Calls);

/// <summary>What a panel said to a question, and what a vote makes of it.</summary>
/// <param name="IsRight">Of the vote of all members.</param>
/// <param name="Without">By member: of the vote of the others.</param>
/// <param name="Clusters">By member: answers of one number say the same; null where it gave none.</param>
/// <param name="Costs">By member, in US dollars; null where its model has no price.</param>
internal sealed record PanelOutcome(
    bool IsRight, IReadOnlyList<bool> Without, IReadOnlyList<int?> Clusters, IReadOnlyList<decimal?> Costs);
