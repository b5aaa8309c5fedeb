namespace Ensemble.Answers;

/// <summary>Reads a value of one kind where a text states it.</summary>
internal interface IStatementReader<T>
    where T : unmanaged, IEquatable<T>
{
    bool AmongChoices { get; }

    /// <param name="isLoose">Whether the value may stand anywhere in the sentence, if it is the only one.</param>
    /// <param name="valueEnd">The first character after the value.</param>
    ParseResult Read(ReadOnlySpan<char> text, int start, int end, bool isLoose, out T value, out int valueEnd);
}
