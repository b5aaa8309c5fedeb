namespace Ensemble.Answers;

/// <summary>Brings a short answer into a form in which equal answers are equal texts.</summary>
internal static class AnswerText
{
    /// <summary>An answer of more words than this is prose, and compared by likeness instead.</summary>
    public const int MaxWords = 8;

    private const int MaxCharacters = 256;

    private const string Punctuation = ".,;:!?\"'`*_()[]{}。、，；：！？「」『』（）《》〈〉【】“”‘’«»…\u0001\u0002";

    /// <returns>
    /// Lower case, single spaces, no punctuation around words; null where the answer is longer than a short one. Where a script sets no
    /// spaces, two of its characters count as a word.
    /// </returns>
    public static string? Short(ReadOnlySpan<char> text)
    {
        var trimmed = text.Trim();
        if (trimmed.Length is 0 or > MaxCharacters)
        {
            return null;
        }

        Span<char> normal = stackalloc char[MaxCharacters];
        var (length, words) = (0, 0);
        foreach (var range in trimmed.SplitAny(" \t\r\n\u00A0\u3000"))
        {
            var word = TrimPunctuation(trimmed[range]);
            if (word.IsEmpty)
            {
                continue;
            }

            if (length > 0)
            {
                normal[length++] = ' ';
            }

            var unspaced = 0;
            foreach (var character in word)
            {
                unspaced += UnspacedScripts.Contains(character) ? 1 : 0;
                // Full-width forms are the same characters, set wider.
                normal[length++] = char.ToLowerInvariant(character is >= '\uFF01' and <= '\uFF5E' ? (char)(character - 0xFEE0) : character);
            }

            words += ((unspaced + 1) / 2) + (unspaced < word.Length ? 1 : 0);
            if (words > MaxWords)
            {
                return null;
            }
        }

        return length == 0 ? trimmed.ToString() : normal[..length].ToString();
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
