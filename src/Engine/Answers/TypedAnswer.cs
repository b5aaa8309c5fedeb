namespace Ensemble.Answers;

/// <summary>What a candidate says, in a form in which answers that say the same are equal.</summary>
/// <param name="Text">
/// Canonical: JSON with sorted names; a number in plain decimals; letters of choices, sorted, as <c>B</c> or <c>A,C</c>; <c>yes</c> or
/// <c>no</c>; words in lower case.
/// </param>
internal sealed record TypedAnswer(TypedAnswerKind Kind, string Text);

/// <summary>What kind of answer a candidate holds.</summary>
public enum TypedAnswerKind
{
    Json,
    ToolCalls,
    Choice,
    Number,
    YesNo,
    ShortText,
}
