namespace Ensemble.Answers;

/// <summary>
/// Reads what may stand behind the digits of a number and belongs to it: a fraction, a power of ten, a scale, a percent sign, an ordinal
/// ending.
/// </summary>
internal static class NumberSuffix
{
    /// <param name="whole">Whether the digits before are whole ones, and the fraction is added to them: 2 1/3.</param>
    /// <param name="numerator">Only where it was read here; otherwise the digits before are the numerator.</param>
    public static bool TryFraction(
        ReadOnlySpan<char> text, int at, out bool whole, out UInt128 numerator, out UInt128 denominator, out int end)
    {
        (whole, numerator, denominator, end) = (false, 0, 0, at);
        if (Characters.IsAt(text, at, ' ') && Characters.IsDigit(text, at + 1))
        {
            var upper = Characters.SkipDigits(text, at + 1);
            if (!Characters.IsAt(text, upper, '/') || upper - at > 15 || !UInt128.TryParse(text[(at + 1)..upper], out numerator))
            {
                return false;
            }

            whole = true;
            at = upper;
        }

        if (!Characters.IsAt(text, at, '/') || !Characters.IsDigit(text, at + 1))
        {
            return false;
        }

        end = Characters.SkipDigits(text, at + 1);
        return end - at <= 15 && !(text.Length > end && text[end] is '.' or ',' && Characters.IsDigit(text, end + 1))
            && UInt128.TryParse(text[(at + 1)..end], out denominator) && denominator > 0 && (!whole || numerator < denominator);
    }

    /// <returns>The exponent of ten, as in 2e5 and 2 × 10^5; 0 where there is none.</returns>
    public static int ReadPower(ReadOnlySpan<char> text, ref int end)
    {
        var at = end;
        if (at < text.Length && text[at] is 'e' or 'E')
        {
            at++;
        }
        else
        {
            at = Characters.SkipSpaces(text, at);
            if (at >= text.Length || text[at] is not ('×' or 'x' or '*' or '·'))
            {
                return 0;
            }

            at = Characters.SkipSpaces(text, at + 1);
            if (!text[at..].StartsWith("10^"))
            {
                return 0;
            }

            at += 3;
            at += at < text.Length && text[at] is '{' or '(' ? 1 : 0;
        }

        var isNegative = Characters.IsAt(text, at, '-');
        at += isNegative || Characters.IsAt(text, at, '+') ? 1 : 0;
        var digits = Characters.SkipDigits(text, at);
        if (digits == at || digits - at > 4 || (digits < text.Length && char.IsLetter(text[digits])))
        {
            return 0;
        }

        var power = int.Parse(text[at..digits]);
        end = digits + (digits < text.Length && text[digits] is '}' or ')' && text[at - (isNegative ? 2 : 1)] is '{' or '(' ? 1 : 0);
        return isNegative ? -power : power;
    }

    /// <returns>The exponent of ten that k, thousand, million… stand for; 0 where there is none.</returns>
    public static int ReadScale(ReadOnlySpan<char> text, ref int end)
    {
        if (Characters.IsAt(text, end, 'k') && (end + 1 == text.Length || !char.IsLetterOrDigit(text[end + 1])))
        {
            end++;
            return 3;
        }

        var at = end + (Characters.IsAt(text, end, ' ') ? 1 : 0);
        var word = WordScanner.At(text, at);
        var power =
            WordScanner.Is(word, "thousand") ? 3
            : WordScanner.Is(word, "million") ? 6
            : WordScanner.Is(word, "billion") ? 9
            : WordScanner.Is(word, "trillion") ? 12
            : 0;
        end = power == 0 ? end : at + word.Length;
        return power;
    }

    public static bool ReadPercent(ReadOnlySpan<char> text, ref int end)
    {
        var at = end + (Characters.IsAt(text, end, ' ') ? 1 : 0);
        if (Characters.IsAt(text, at, '%'))
        {
            end = at + 1;
            return true;
        }

        var word = WordScanner.At(text, at);
        if (WordScanner.Is(word, "percent") || WordScanner.Is(word, "percentage"))
        {
            end = at + word.Length;
            return true;
        }

        if (WordScanner.Is(word, "per") && WordScanner.Is(WordScanner.At(text, at + 4), "cent"))
        {
            end = at + 8;
            return true;
        }

        return false;
    }

    /// <summary>Whether it says which one: 1st, 2nd.</summary>
    public static bool IsOrdinal(ReadOnlySpan<char> text, int end)
    {
        var word = WordScanner.At(text, end);
        return WordScanner.Is(word, "st") || WordScanner.Is(word, "nd") || WordScanner.Is(word, "rd") || WordScanner.Is(word, "th");
    }
}
