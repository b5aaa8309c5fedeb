namespace Ensemble.Answers;

/// <summary>
/// Finds numbers in plain text, in one pass and without allocating. Dates, times, versions, lists without spaces and parts of names are
/// passed over.
/// </summary>
internal static class NumberScanner
{
    private const string Currencies = "$€£¥₹₩₽";
    private const int LongestNumber = 128;

    /// <summary>The next number that begins at or after <paramref name="from"/>.</summary>
    public static bool Next(ReadOnlySpan<char> text, int from, out NumberToken token)
    {
        while (from < text.Length)
        {
            var next = text[from..].IndexOfAnyInRange('0', '9');
            if (next < 0)
            {
                break;
            }

            var first = from + next;
            if (IsInName(text, first))
            {
                from = SkipName(text, first);
                continue;
            }

            if (Read(text, first, out token, out from))
            {
                return true;
            }
        }

        token = default;
        return false;
    }

    private static bool Read(ReadOnlySpan<char> text, int first, out NumberToken token, out int end)
    {
        token = default;
        var hasPoint = first > 0 && text[first - 1] == '.' && (first == 1 || !char.IsLetterOrDigit(text[first - 2]));
        end = first;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || (text[end] is '.' or ',' && IsDigit(text, end + 1))))
        {
            end++;
        }

        var run = text[first..end];
        var start = hasPoint ? first - 1 : first;
        if (IsDateOrTime(text, first, ref end) || run.Length > LongestNumber)
        {
            return false;
        }

        start = WithSignAndCurrency(text, start, out var isNegative);
        if (!TryParse(run, hasPoint, out var mantissa, out var exponent))
        {
            return false;
        }

        UInt128 denominator = 1;
        if (!hasPoint && run.IndexOfAny('.', ',') < 0 && TryFraction(text, end, out var isMixed, out var upper, out var lower, out var fractionEnd))
        {
            end = fractionEnd;
            if (IsAt(text, end, '/') && IsDigit(text, end + 1))
            {
                end = SkipDigits(text, end + 1);
                return false;
            }

            mantissa = isMixed ? (mantissa * lower) + upper : mantissa;
            denominator = lower;
        }

        exponent += ReadPower(text, ref end);
        exponent += ReadScale(text, ref end);
        var isPercent = ReadPercent(text, ref end);
        if (Value(0) is not { } value || Value(-2) is not { } hundredth)
        {
            return false;
        }

        token = new NumberToken(start, end, value, isPercent ? hundredth : value, isPercent, IsOrdinal(text, end));
        return true;

        // Shifted before it is rounded, so that 8.1e3 is what 8100 is.
        NumberValue? Value(int places) => denominator == 1
            ? NumberValue.Of(isNegative, mantissa, exponent + places)
            : NumberValue.OfFraction(isNegative, mantissa, denominator, exponent + places);
    }

    // 1,234.50 and 1.234,50 are clear. Of one mark alone a comma before three digits makes thousands, as models write; any other
    // comma, and every single point, is a decimal one.
    private static bool TryParse(ReadOnlySpan<char> run, bool hasPoint, out UInt128 mantissa, out int exponent)
    {
        (mantissa, exponent) = (0, 0);
        var (lastComma, lastPoint) = (run.LastIndexOf(','), run.LastIndexOf('.'));
        var mark = Math.Max(lastComma, lastPoint);
        var decimals = mark;
        if (hasPoint)
        {
            decimals = mark < 0 ? 0 : -2;
        }
        else if (lastComma >= 0 && lastPoint >= 0)
        {
            var group = lastComma > lastPoint ? '.' : ',';
            decimals = run[..mark].IndexOf(run[mark]) < 0 && IsGrouped(run[..mark], group) ? mark : -2;
        }
        else if (lastComma >= 0)
        {
            decimals = IsGrouped(run, ',') ? -1 : run.Count(',') == 1 ? mark : -2;
        }
        else if (lastPoint >= 0 && run.Count('.') > 1)
        {
            decimals = IsGrouped(run, '.') ? -1 : -2;
        }

        if (decimals == -2)
        {
            return false;
        }

        var digits = 0;
        for (var index = 0; index < run.Length; index++)
        {
            if (!char.IsAsciiDigit(run[index]))
            {
                continue;
            }

            digits += digits > 0 || run[index] != '0' ? 1 : 0;
            if (digits > NumberValue.MaxDigits)
            {
                // What no rounding keeps need not be read.
                if (hasPoint || (decimals >= 0 && index > decimals))
                {
                    return true;
                }

                return false;
            }

            mantissa = (mantissa * 10) + (UInt128)(run[index] - '0');
            exponent -= hasPoint || (decimals >= 0 && index > decimals) ? 1 : 0;
        }

        return true;
    }

    // 1,234,567 and the Indian 12,34,567: the last group has three digits, and no number begins with a zero.
    private static bool IsGrouped(ReadOnlySpan<char> run, char mark)
    {
        var (isWestern, isIndian) = (true, mark == ',');
        var (position, length) = (0, run.LastIndexOf(mark));
        if (length < 0)
        {
            return true;
        }

        foreach (var range in run.Split(mark))
        {
            var group = run[range];
            var isLast = range.End.Value == run.Length;
            isWestern &= position == 0 ? group.Length is > 0 and <= 3 && group[0] != '0' : group.Length == 3;
            isIndian &= position == 0 ? group.Length is > 0 and <= 2 && group[0] != '0' : group.Length == (isLast ? 3 : 2);
            position++;
        }

        return isWestern || isIndian;
    }

    private static bool TryFraction(
        ReadOnlySpan<char> text, int at, out bool whole, out UInt128 numerator, out UInt128 denominator, out int end)
    {
        (whole, numerator, denominator, end) = (false, 0, 0, at);
        if (IsAt(text, at, ' ') && IsDigit(text, at + 1))
        {
            var upper = SkipDigits(text, at + 1);
            if (!IsAt(text, upper, '/') || upper - at > 15 || !UInt128.TryParse(text[(at + 1)..upper], out numerator))
            {
                return false;
            }

            whole = true;
            at = upper;
        }

        if (!IsAt(text, at, '/') || !IsDigit(text, at + 1))
        {
            return false;
        }

        end = SkipDigits(text, at + 1);
        return end - at <= 15 && !(text.Length > end && text[end] is '.' or ',' && IsDigit(text, end + 1))
            && UInt128.TryParse(text[(at + 1)..end], out denominator) && denominator > 0 && (!whole || numerator < denominator);
    }

    private static int ReadPower(ReadOnlySpan<char> text, ref int end)
    {
        var at = end;
        if (at < text.Length && text[at] is 'e' or 'E')
        {
            at++;
        }
        else
        {
            at = SkipSpaces(text, at);
            if (at >= text.Length || text[at] is not ('×' or 'x' or '*' or '·'))
            {
                return 0;
            }

            at = SkipSpaces(text, at + 1);
            if (!text[at..].StartsWith("10^"))
            {
                return 0;
            }

            at += 3;
            at += at < text.Length && text[at] is '{' or '(' ? 1 : 0;
        }

        var isNegative = IsAt(text, at, '-');
        at += isNegative || IsAt(text, at, '+') ? 1 : 0;
        var digits = SkipDigits(text, at);
        if (digits == at || digits - at > 4 || (digits < text.Length && char.IsLetter(text[digits])))
        {
            return 0;
        }

        var power = int.Parse(text[at..digits]);
        end = digits + (digits < text.Length && text[digits] is '}' or ')' && text[at - (isNegative ? 2 : 1)] is '{' or '(' ? 1 : 0);
        return isNegative ? -power : power;
    }

    private static int ReadScale(ReadOnlySpan<char> text, ref int end)
    {
        if (IsAt(text, end, 'k') && (end + 1 == text.Length || !char.IsLetterOrDigit(text[end + 1])))
        {
            end++;
            return 3;
        }

        var at = end + (IsAt(text, end, ' ') ? 1 : 0);
        var word = Words.At(text, at);
        var power =
            Words.Is(word, "thousand") ? 3 : Words.Is(word, "million") ? 6 : Words.Is(word, "billion") ? 9 : Words.Is(word, "trillion") ? 12 : 0;
        end = power == 0 ? end : at + word.Length;
        return power;
    }

    private static bool ReadPercent(ReadOnlySpan<char> text, ref int end)
    {
        var at = end + (IsAt(text, end, ' ') ? 1 : 0);
        if (IsAt(text, at, '%'))
        {
            end = at + 1;
            return true;
        }

        var word = Words.At(text, at);
        if (Words.Is(word, "percent") || Words.Is(word, "percentage"))
        {
            end = at + word.Length;
            return true;
        }

        if (Words.Is(word, "per") && Words.Is(Words.At(text, at + 4), "cent"))
        {
            end = at + 8;
            return true;
        }

        return false;
    }

    private static bool IsOrdinal(ReadOnlySpan<char> text, int end)
    {
        var word = Words.At(text, end);
        return Words.Is(word, "st") || Words.Is(word, "nd") || Words.Is(word, "rd") || Words.Is(word, "th");
    }

    private static bool IsDateOrTime(ReadOnlySpan<char> text, int first, ref int end)
    {
        if (IsAt(text, end, ':') && IsDigit(text, end + 1))
        {
            end = SkipDigits(text, end + 1);
            return true;
        }

        if (end - first == 4 && IsAt(text, end, '-') && SkipDigits(text, end + 1) is var month && month == end + 3
            && IsAt(text, month, '-') && SkipDigits(text, month + 1) is var day && day == month + 3)
        {
            end = day;
            return true;
        }

        return false;
    }

    private static int WithSignAndCurrency(ReadOnlySpan<char> text, int start, out bool isNegative)
    {
        isNegative = false;
        for (var pass = 0; pass < 2; pass++)
        {
            if (start > 0 && Currencies.Contains(text[start - 1], StringComparison.Ordinal))
            {
                start--;
            }
            else if (pass == 0 && start > 1 && text[start - 1] == ' ' && Currencies.Contains(text[start - 2], StringComparison.Ordinal)
                && (start == 2 || !char.IsLetterOrDigit(text[start - 3])))
            {
                start -= 2;
            }

            // After a digit or a bracket a minus takes away, after a letter it joins.
            if (!isNegative && start > 0 && text[start - 1] is '-' or '+')
            {
                var before = start - 2;
                var isTight = true;
                while (before >= 0 && text[before] == ' ')
                {
                    (before, isTight) = (before - 1, false);
                }

                if (before < 0 || !(text[before] is ')' or '%' || char.IsDigit(text[before]) || (isTight && char.IsLetter(text[before]))))
                {
                    isNegative = text[start - 1] == '-';
                    start--;
                }
            }
        }

        return start;
    }

    // x2, B12, COVID-19, v1.2
    private static bool IsInName(ReadOnlySpan<char> text, int first)
    {
        if (first == 0)
        {
            return false;
        }

        var before = text[first - 1];
        return before == '_' || (char.IsLetter(before) && before < '\u2E80')
            || (first > 1 && before is '-' or '.' && char.IsLetter(text[first - 2]) && text[first - 2] < '\u2E80');
    }

    private static int SkipName(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] == '_' || (text[at] is '.' or ',' or '-' && IsDigit(text, at + 1))))
        {
            at++;
        }

        return at;
    }

    private static int SkipDigits(ReadOnlySpan<char> text, int at)
    {
        while (IsDigit(text, at))
        {
            at++;
        }

        return at;
    }

    private static int SkipSpaces(ReadOnlySpan<char> text, int at)
    {
        while (IsAt(text, at, ' '))
        {
            at++;
        }

        return at;
    }

    private static bool IsDigit(ReadOnlySpan<char> text, int at) => at < text.Length && char.IsAsciiDigit(text[at]);

    private static bool IsAt(ReadOnlySpan<char> text, int at, char character) => at < text.Length && text[at] == character;
}
