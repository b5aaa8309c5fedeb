using Ensemble.Chat;
using Ensemble.Evaluation.Data;
using Ensemble.Upstreams;

namespace Ensemble.Evaluation.Grading;

/// <summary>Says whether an answer is right. Thread-safe.</summary>
internal interface IGrader
{
    /// <param name="chat">The question as it was asked.</param>
    ValueTask<bool> IsRightAsync(EvaluationQuestion question, ChatRequest chat, ChatAnswer answer);

    /// <summary>How it judged so far, for the report; null where there is nothing to say.</summary>
    JudgeRecord? Record => null;
}

/// <param name="Judged">Answers that a model was asked about, each twice.</param>
/// <param name="Contradicted">Those of them about which it said one thing in one order and another in the other:
/// they count as wrong.</param>
/// <param name="Unreadable">Those about which it said nothing that can be read: they count as wrong, too.</param>
internal sealed record JudgeRecord(string Model, int Judged, int Contradicted, int Unreadable);
