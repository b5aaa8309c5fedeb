namespace Ensemble.Answers;

/// <summary>Reads a run of digits with their decimal and thousands marks, in the ways in which they are written around the world.</summary>
internal static class NumberDigits
{
    /// <summary>
    /// 1,234.50 and 1.234,50 are clear. Of one mark alone a comma before three digits makes thousands, as models write; any other
    /// comma, and every single point, is a decimal one.
    /// </summary>
    /// <param name="run">Digits, points and commas; begins and ends with a digit.</param>
    /// <param name="hasPoint">Whether a point stands before the run, so that all of it is decimals.</param>
    /// <returns>False where the marks make no number of it, or it has more digits than are compared.</returns>
    public static bool TryParse(ReadOnlySpan<char> run, bool hasPoint, out UInt128 mantissa, out int exponent)
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
}
