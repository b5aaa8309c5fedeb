namespace Ensemble.Runs;

/// <summary>The answer is not what the ensemble was set up to give. Comes before the answer's first piece.</summary>
/// <param name="Reason">A stable word: <c>judge_failed</c>, <c>deadline</c>.</param>
public sealed record AnswerDegraded(string Reason) : RunEvent;
