namespace Ensemble.Answers;

/// <summary>Of what a text states, the last one that it does not take back.</summary>
internal static class AnswerStatement
{
    /// <summary>Characters that may lead up to a value.</summary>
    public const int MaxLeadInLength = 1024;

    private const int MaxDenied = 8;
    private const int MaxCorrectionLength = 160;

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Corrections =
        WordScanner.Set("but rather instead actually it's its");

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Wrong = WordScanner.Set("wrong incorrect false impossible");

    public static ParseResult Last<TReader, T>(ReadOnlySpan<char> text, TReader reader, out T value)
        where TReader : struct, IStatementReader<T>
        where T : unmanaged, IEquatable<T>
    {
        Span<Statement> statements = stackalloc Statement[StatementFinder.MaxStatements];
        Span<T> denied = stackalloc T[MaxDenied];
        var deniedCount = 0;
        for (var index = StatementFinder.Find(text, statements, reader.AmongChoices) - 1; index >= 0; index--)
        {
            var (start, end, isNegated) = statements[index];
            if (isNegated)
            {
                if (Corrected(text, start, end, reader, out value))
                {
                    return ParseResult.Value;
                }

                if (deniedCount < MaxDenied && reader.Read(text, start, end, isLoose: false, out value, out _) == ParseResult.Value)
                {
                    denied[deniedCount++] = value;
                }

                continue;
            }

            var isLoose = end < text.Length ? text[end..].Trim(" \t\r\n*_$.\u0002").IsEmpty : Sentences.End(text, start) >= text.Length;
            switch (reader.Read(text, start, end, isLoose, out value, out var valueEnd))
            {
                case ParseResult.Unclear:
                    return ParseResult.Unclear;
                case ParseResult.Value when IsCalledWrong(text, valueEnd):
                    if (deniedCount < MaxDenied)
                    {
                        denied[deniedCount++] = value;
                    }

                    break;
                case ParseResult.Value when !denied[..deniedCount].Contains(value):
                    return ParseResult.Value;
            }
        }

        value = default;
        return deniedCount > 0 ? ParseResult.Unclear : ParseResult.None;
    }

    // "not B, but C"; "isn't 5. It's 7."
    private static bool Corrected<TReader, T>(ReadOnlySpan<char> text, int start, int end, TReader reader, out T value)
        where TReader : struct, IStatementReader<T>
        where T : unmanaged, IEquatable<T>
    {
        var limit = Math.Min(end, start + MaxCorrectionLength);
        for (var at = start; at < limit;)
        {
            var word = WordScanner.At(text, at);
            at += Math.Max(1, word.Length);
            if (WordScanner.IsAny(word, Corrections) || (WordScanner.Is(word, "it") && WordScanner.Is(WordScanner.At(text, at + 1), "is")))
            {
                if (reader.Read(text, at, end, isLoose: false, out value, out _) == ParseResult.Value)
                {
                    return true;
                }
            }
        }

        value = default;
        return false;
    }

    // "The answer is 5 is wrong", "answer is 5, which is incorrect"
    public static bool IsCalledWrong(ReadOnlySpan<char> text, int at)
    {
        var wasSaid = false;
        for (var words = 0; words < 5; words++)
        {
            while (at < text.Length && text[at] is ' ' or ',' or '*' or '"' or '\'' or ')' or ':')
            {
                at++;
            }

            var word = WordScanner.At(text, at);
            if (word.IsEmpty)
            {
                return false;
            }

            if (wasSaid && (WordScanner.IsAny(word, Wrong) || WordScanner.Is(word, "not")))
            {
                return !WordScanner.Is(word, "not") || WordScanner.Is(WordScanner.At(text, at + word.Length + 1), "correct")
                    || WordScanner.Is(WordScanner.At(text, at + word.Length + 1), "right");
            }

            wasSaid |= WordScanner.Is(word, "is") || WordScanner.Is(word, "was") || WordScanner.Is(word, "be");
            at += word.Length;
        }

        return false;
    }
}
