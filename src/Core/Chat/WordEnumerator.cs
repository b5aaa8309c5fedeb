using System.Globalization;

namespace Ensemble.Chat;

/// <summary>Walks through the words of a text: letters with their marks, so that no vowel sign splits a word.</summary>
internal static class WordEnumerator
{
    /// <summary>Longer ones are no words that are looked for.</summary>
    public const int MaxWord = 24;

    public static bool Any(ReadOnlySpan<char> text, string[] words)
    {
        while (Next(ref text, out var word))
        {
            foreach (var candidate in words)
            {
                if (word.SequenceEqual(candidate))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Takes the next word off the beginning of <paramref name="rest"/>.</summary>
    /// <returns>False where there is none.</returns>
    public static bool Next(ref ReadOnlySpan<char> rest, out ReadOnlySpan<char> word)
    {
        var start = 0;
        while (start < rest.Length && !IsPart(rest[start]))
        {
            start++;
        }

        var end = start;
        while (end < rest.Length && IsPart(rest[end]))
        {
            end++;
        }

        word = rest[start..end];
        rest = rest[end..];
        return !word.IsEmpty;
    }

    private static bool IsPart(char character) => char.IsLetter(character)
        || (character > '\u02FF'
            && char.GetUnicodeCategory(character) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark);
}
