namespace Ensemble.Answers;

/// <summary>A place where an answer says that what follows is what it came to.</summary>
/// <param name="Start">The first character of what follows.</param>
/// <param name="End">The first character that no longer belongs to it.</param>
/// <param name="IsNegated">Whether it says what the answer is not.</param>
internal readonly record struct Statement(int Start, int End, bool IsNegated);
