using Ensemble.Runs;

namespace Ensemble.Judging;

/// <summary>What came of a chain of judges.</summary>
/// <param name="Answer">Null where all failed.</param>
/// <param name="Failures">Of those that were asked and failed, in order.</param>
/// <param name="Shown">Whether the caller has seen a part of an answer, so that no other can be given.</param>
/// <param name="Overflowed">Whether the answer was larger than a run may hold.</param>
internal sealed record JudgeResult(RunAnswer? Answer, IReadOnlyList<SubCallResult> Failures, bool Shown, bool Overflowed)
{
    /// <summary>What the writer said; null where there is no writer.</summary>
    public string? Text { get; init; }

    /// <summary>Whose answer it is; null where there is none.</summary>
    public AnswerWriter? Writer { get; init; }
}
