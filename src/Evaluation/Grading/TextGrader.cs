using System.Text.RegularExpressions;
using Ensemble.Chat;
using Ensemble.Evaluation.Data;
using Ensemble.Upstreams;

namespace Ensemble.Evaluation.Grading;

/// <summary>Compares the answer's text with the references, any of which will do.</summary>
/// <param name="matches">Whether an answer is that reference.</param>
internal sealed class TextGrader(Func<string, string, bool> matches) : IGrader
{
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(1);

    /// <summary>The same text, but for white space around it.</summary>
    public static readonly TextGrader Exact = new(static (answer, reference) => answer.Trim() == reference.Trim());

    /// <summary>The reference somewhere in the text, in capitals or not, and not within a longer word.</summary>
    public static readonly TextGrader Contains = new(Holds);

    /// <summary>The reference is an expression that matches somewhere in the text.</summary>
    public static readonly TextGrader Regex = new(
        static (answer, reference) => new Regex(reference, RegexOptions.None, MatchTimeout).IsMatch(answer));

    public ValueTask<bool> IsRightAsync(EvaluationQuestion question, ChatRequest chat, ChatAnswer answer) =>
        new(question.References.Any(reference => matches(answer.Content, reference)));

    private static bool Holds(string answer, string reference)
    {
        for (var at = 0; (at = answer.IndexOf(reference, at, StringComparison.OrdinalIgnoreCase)) >= 0; at++)
        {
            var end = at + reference.Length;
            if ((at == 0 || !IsWord(answer[at - 1], reference[0])) && (end == answer.Length || !IsWord(answer[end], reference[^1])))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsWord(char outside, char inside) => char.IsLetterOrDigit(outside) && char.IsLetterOrDigit(inside);
}
