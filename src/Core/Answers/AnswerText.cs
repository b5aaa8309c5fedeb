namespace Ensemble.Answers;

/// <summary>Brings a short answer into a form in which equal answers are equal texts.</summary>
internal static class AnswerText
{
    /// <summary>An answer of more words than this is prose, and compared by likeness instead.</summary>
    public const int MaxWords = 8;

    private const int MaxCharacters = 256;

    private const string Punctuation = ".,;:!?\"'`*_()[]{}";

    /// <returns>Lower case, single spaces, no punctuation around words; null where the answer is longer than a short one.</returns>
    public static string? Short(string text)
    {
        var trimmed = text.AsSpan().Trim();
        if (trimmed.Length is 0 or > MaxCharacters)
        {
            return null;
        }

        Span<char> normal = stackalloc char[MaxCharacters];
        var (length, words) = (0, 0);
        foreach (var range in trimmed.SplitAny(" \t\r\n"))
        {
            var word = TrimPunctuation(trimmed[range]);
            if (word.IsEmpty)
            {
                continue;
            }

            if (++words > MaxWords)
            {
                return null;
            }

            if (words > 1)
            {
                normal[length++] = ' ';
            }

            foreach (var character in word)
            {
                normal[length++] = char.ToLowerInvariant(character);
            }
        }

        return words == 0 ? trimmed.ToString() : normal[..length].ToString();
    }

    // Marks that belong to a value stay: a sign, a currency, a percent, the point of a fraction without a zero before it.
    private static ReadOnlySpan<char> TrimPunctuation(ReadOnlySpan<char> word)
    {
        var trimmed = word.Trim(Punctuation);
        var start = word.Length - word.TrimStart(Punctuation).Length;
        return !trimmed.IsEmpty && char.IsAsciiDigit(trimmed[0]) && start > 0 && word[start - 1] == '.'
            ? word.Slice(start - 1, trimmed.Length + 1)
            : trimmed;
    }
}
