namespace Ensemble.Answers;

/// <summary>A place where an answer says that what follows is what it came to.</summary>
/// <param name="Start">The first character of what follows.</param>
/// <param name="End">The first character that no longer belongs to it.</param>
/// <param name="IsNegated">Whether it says what the answer is not.</param>
internal readonly record struct Statement(int Start, int End, bool IsNegated);

/// <summary>Reads a value of one kind where a text states it.</summary>
internal interface IStatementReader<T>
    where T : unmanaged, IEquatable<T>
{
    bool AmongChoices { get; }

    /// <param name="isLoose">Whether the value may stand anywhere in the sentence, if it is the only one.</param>
    /// <param name="valueEnd">The first character after the value.</param>
    ParseResult Read(ReadOnlySpan<char> text, int start, int end, bool isLoose, out T value, out int valueEnd);
}

/// <summary>What was found where a text states its answer.</summary>
internal enum ParseResult
{
    /// <summary>Nothing: it may be stated elsewhere.</summary>
    None,
    Value,

    /// <summary>More than one value, or one that was taken back: the text has no one answer.</summary>
    Unclear,
}
