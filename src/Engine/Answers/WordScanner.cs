namespace Ensemble.Answers;

/// <summary>Small helpers to read words out of a text without allocating.</summary>
internal static class WordScanner
{
    /// <summary>
    /// Letters of a word at most: a longer one is read in pieces, so that scripts without spaces cost no more than others.
    /// </summary>
    public const int MaxLength = 64;

    /// <returns>The letters that begin at <paramref name="at"/>, with the apostrophes between them; empty where there are none.</returns>
    public static ReadOnlySpan<char> At(ReadOnlySpan<char> text, int at)
    {
        if (at >= text.Length || !char.IsLetter(text[at]))
        {
            return [];
        }

        var end = at + 1;
        text = text[..Math.Min(text.Length, at + MaxLength)];
        while (end < text.Length
            && (char.IsLetter(text[end]) || (text[end] == '\'' && end + 1 < text.Length && char.IsLetter(text[end + 1]))))
        {
            end++;
        }

        return text[at..end];
    }

    /// <returns>The word that ends before <paramref name="end"/>, after spaces and markup.</returns>
    public static ReadOnlySpan<char> Before(ReadOnlySpan<char> text, int end)
    {
        text = text[..end].TrimEnd(" *_\"'`(");
        text = text[Math.Max(0, text.Length - MaxLength)..];
        var start = text.Length;
        while (start > 0 && (char.IsLetter(text[start - 1]) || (text[start - 1] == '\'' && start > 1 && char.IsLetter(text[start - 2]))))
        {
            start--;
        }

        return text[start..];
    }

    public static bool Is(ReadOnlySpan<char> word, string expected) => word.Equals(expected, StringComparison.OrdinalIgnoreCase);

    public static bool IsAny(ReadOnlySpan<char> word, HashSet<string>.AlternateLookup<ReadOnlySpan<char>> words) =>
        !word.IsEmpty && words.Contains(word);

    public static HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Set(string words) =>
        words.Split(' ').ToHashSet(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();
}
