namespace Ensemble.Answers;

/// <summary>
/// Finds numbers in plain text, in one pass and without allocating. Dates, times, versions, lists without spaces and parts of names are
/// passed over.
/// </summary>
internal static class NumberScanner
{
    private const string Currencies = "$€£¥₹₩₽";
    private const int MaxNumberLength = 128;

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
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || (text[end] is '.' or ',' && Characters.IsDigit(text, end + 1))))
        {
            end++;
        }

        var run = text[first..end];
        var start = hasPoint ? first - 1 : first;
        if (IsDateOrTime(text, first, ref end) || run.Length > MaxNumberLength)
        {
            return false;
        }

        start = WithSignAndCurrency(text, start, out var isNegative);
        if (!NumberDigits.TryParse(run, hasPoint, out var mantissa, out var exponent))
        {
            return false;
        }

        UInt128 denominator = 1;
        if (!hasPoint && run.IndexOfAny('.', ',') < 0
            && NumberSuffix.TryFraction(text, end, out var isMixed, out var upper, out var lower, out var fractionEnd))
        {
            end = fractionEnd;
            if (Characters.IsAt(text, end, '/') && Characters.IsDigit(text, end + 1))
            {
                end = Characters.SkipDigits(text, end + 1);
                return false;
            }

            mantissa = isMixed ? (mantissa * lower) + upper : mantissa;
            denominator = lower;
        }

        exponent += NumberSuffix.ReadPower(text, ref end);
        exponent += NumberSuffix.ReadScale(text, ref end);
        var isPercent = NumberSuffix.ReadPercent(text, ref end);
        if (Value(0) is not { } value || Value(-2) is not { } hundredth)
        {
            return false;
        }

        token = new NumberToken(start, end, value, isPercent ? hundredth : value, isPercent, NumberSuffix.IsOrdinal(text, end));
        return true;

        // Shifted before it is rounded, so that 8.1e3 is what 8100 is.
        NumberValue? Value(int places) => denominator == 1
            ? NumberValue.Of(isNegative, mantissa, exponent + places)
            : NumberValue.OfFraction(isNegative, mantissa, denominator, exponent + places);
    }

    private static bool IsDateOrTime(ReadOnlySpan<char> text, int first, ref int end)
    {
        if (Characters.IsAt(text, end, ':') && Characters.IsDigit(text, end + 1))
        {
            end = Characters.SkipDigits(text, end + 1);
            return true;
        }

        if (end - first == 4 && Characters.IsAt(text, end, '-') && Characters.SkipDigits(text, end + 1) is var month && month == end + 3
            && Characters.IsAt(text, month, '-') && Characters.SkipDigits(text, month + 1) is var day && day == month + 3)
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
        while (at < text.Length
            && (char.IsLetterOrDigit(text[at]) || text[at] == '_' || (text[at] is '.' or ',' or '-' && Characters.IsDigit(text, at + 1))))
        {
            at++;
        }

        return at;
    }
}

/// <summary>A number as it stands in a text.</summary>
/// <param name="Start">Its sign or currency, if it has one, else its first digit.</param>
/// <param name="End">The first character after it, its percent sign or its thousand, million….</param>
/// <param name="Value">As written: 50 for 50%.</param>
/// <param name="NumericValue">The numeric value: 0.5 for 50%.</param>
/// <param name="IsOrdinal">Whether it says which one instead of how many: 3rd.</param>
internal readonly record struct NumberToken(int Start, int End, NumberValue Value, NumberValue NumericValue, bool IsPercent, bool IsOrdinal)
{
    /// <param name="inPercent">Whether percent is what was asked for, so that 50% is 50 and not a half.</param>
    public NumberValue Answer(bool inPercent) => inPercent ? Value : NumericValue;
}
