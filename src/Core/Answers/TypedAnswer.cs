namespace Ensemble.Answers;

/// <summary>What a candidate says, in a form in which answers that say the same are equal.</summary>
/// <param name="Text">Canonical.</param>
internal sealed record TypedAnswer(TypedAnswerKind Kind, string Text);
