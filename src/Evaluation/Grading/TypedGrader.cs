using Ensemble.Answers;
using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Evaluation.Data;
using Ensemble.Upstreams;

namespace Ensemble.Evaluation.Grading;

/// <summary>Reads the answer and the reference as a vote reads candidates, and compares them as it does.</summary>
/// <param name="forced">What the answer is read as; null = what the references are.</param>
internal sealed class TypedGrader(AnswerType? forced) : IGrader
{
    private static readonly string[] YesNo = ["yes", "no", "true", "false"];

    public ValueTask<bool> IsRightAsync(EvaluationQuestion question, ChatRequest chat, ChatAnswer answer) =>
        new(IsRight(question, chat, answer));

    /// <summary>What kind of answer a question's references are.</summary>
    internal static AnswerType TypeOf(EvaluationQuestion question, ChatRequest chat)
    {
        var references = question.References;
        return question.HasChoices || (references.All(IsLetter) && Question.Of(chat, withNumbers: false).Choices is not null)
            ? AnswerType.Choice
            : references.All(static reference => YesNo.Contains(reference, StringComparer.OrdinalIgnoreCase)) ? AnswerType.YesNo
            : references.All(static reference => reference is ['{', .., '}'] or ['[', .., ']']) ? AnswerType.Json
            : references.All(reference => IsNumber(reference, chat)) ? AnswerType.Number
            : references.Any(static reference => AnswerText.Short(reference) is not null) ? AnswerType.ShortText
            : AnswerType.Text;
    }

    private bool IsRight(EvaluationQuestion question, ChatRequest chat, ChatAnswer answer)
    {
        var type = forced ?? TypeOf(question, chat);
        if (type == AnswerType.Text)
        {
            return RefusalDetector.HasAnswer(answer) && question.References.Any(reference => IsAlike(reference, answer.Content));
        }

        var reader = AnswerReader.For(chat, type, tools: false);
        return reader.Read(answer) is { } said
            && question.References.Any(reference => reader.Read(new ChatAnswer(reference, FinishReason.Stop)) == said);
    }

    private static bool IsAlike(string reference, string text) =>
        text.Trim().Length > 0 && AnswerClusters.Of([null, null], [reference, text], [1, 1]).Count == 1;

    private static bool IsLetter(string reference) => reference is [var letter] && char.IsAsciiLetter(letter);

    // A number with its sign, currency or percent, and nothing that it counts.
    private static bool IsNumber(string reference, ChatRequest chat) =>
        !reference.Any(static character => char.IsLetter(character)) && reference.Any(char.IsAsciiDigit)
        && AnswerReader.For(chat, AnswerType.Number, tools: false).Read(new ChatAnswer(reference, FinishReason.Stop)) is not null;
}
