using System.Globalization;

namespace Ensemble.Answers;

/// <summary>
/// A number in its one canonical form, so that equality is an equivalence and a count does not depend on order. Whole numbers are exact.
/// Others are rounded to seven significant digits, and never to fewer than two decimals: what is equal differs by less than one part
/// in a million, and amounts of money are not blurred.
/// </summary>
internal readonly record struct NumberValue
{
    /// <summary>Digits that a mantissa holds for certain.</summary>
    public const int MaxDigits = 38;

    private const int SignificantDigits = 7;
    private const int MinDecimals = 2;
    private const int MaxExponent = 10_000;

    private readonly bool _isNegative;
    private readonly UInt128 _mantissa;
    private readonly int _exponent;

    private NumberValue(bool isNegative, UInt128 mantissa, int exponent)
    {
        _isNegative = isNegative;
        _mantissa = mantissa;
        _exponent = exponent;
    }

    /// <summary>Mantissa × 10^exponent.</summary>
    /// <returns>Null where the number is too large or too small to be told from others.</returns>
    public static NumberValue? Of(bool isNegative, UInt128 mantissa, int exponent)
    {
        if (mantissa == 0)
        {
            return default(NumberValue);
        }

        (mantissa, exponent) = WithoutZeros(mantissa, exponent);
        if (exponent < 0)
        {
            var digits = Digits(mantissa);
            var excess = digits - Math.Max(SignificantDigits, digits + exponent + MinDecimals);
            if (excess > 0)
            {
                var unit = PowerOfTen(excess);
                (mantissa, exponent) = WithoutZeros(
                    (mantissa / unit) + (mantissa % unit >= unit / 2 ? UInt128.One : UInt128.Zero), exponent + excess);
            }
        }

        return exponent is > MaxExponent or < -MaxExponent ? null : new NumberValue(isNegative, mantissa, exponent);
    }

    /// <summary>A quotient of whole numbers of at most 15 digits, × 10^exponent.</summary>
    public static NumberValue? OfFraction(bool isNegative, UInt128 numerator, UInt128 denominator, int exponent)
    {
        var limit = PowerOfTen(15);
        return denominator == 0 || numerator >= limit || denominator >= limit
            ? null
            : numerator % denominator == 0 ? Of(isNegative, numerator / denominator, exponent)
            : Of(isNegative, numerator * PowerOfTen(22) / denominator, exponent - 22);
    }

    /// <summary>Reads a number as JSON writes it.</summary>
    /// <returns>Null where it has more digits, or a larger exponent, than are kept exactly.</returns>
    public static NumberValue? OfJson(ReadOnlySpan<byte> json)
    {
        var isNegative = json is [(byte)'-', ..];
        var (mantissa, exponent, digits, isFraction) = (UInt128.Zero, 0, 0, false);
        for (var index = isNegative ? 1 : 0; index < json.Length; index++)
        {
            var character = json[index];
            if (character is (byte)'.')
            {
                isFraction = true;
            }
            else if (character is (byte)'e' or (byte)'E')
            {
                return int.TryParse(json[(index + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var power)
                    && Math.Abs((long)power) < MaxExponent
                    ? Of(isNegative, mantissa, exponent + power)
                    : null;
            }
            else
            {
                digits += digits > 0 || character != '0' ? 1 : 0;
                if (digits > MaxDigits)
                {
                    return null;
                }

                mantissa = (mantissa * 10) + (UInt128)(character - '0');
                exponent -= isFraction ? 1 : 0;
            }
        }

        return Of(isNegative, mantissa, exponent);
    }

    /// <summary>Plain decimals; an exponent only where they would be long.</summary>
    public override string ToString()
    {
        var sign = _isNegative ? "-" : "";
        var digits = _mantissa.ToString(CultureInfo.InvariantCulture);
        var point = digits.Length + _exponent;
        return _exponent switch
        {
            >= 0 when point <= MaxDigits => sign + digits.PadRight(point, '0'),
            < 0 when point > 0 => $"{sign}{digits.AsSpan(0, point)}.{digits.AsSpan(point)}",
            < 0 when point > -SignificantDigits => $"{sign}0.{digits.PadLeft(digits.Length - point, '0')}",
            _ => $"{sign}{digits}E{_exponent}",
        };
    }

    private static (UInt128 Mantissa, int Exponent) WithoutZeros(UInt128 mantissa, int exponent)
    {
        // Most numbers fit a ulong, whose division is many times cheaper.
        while (mantissa > ulong.MaxValue && mantissa % 10 == 0)
        {
            (mantissa, exponent) = (mantissa / 10, exponent + 1);
        }

        if (mantissa <= ulong.MaxValue)
        {
            var small = (ulong)mantissa;
            while (small % 10 == 0)
            {
                (small, exponent) = (small / 10, exponent + 1);
            }

            mantissa = small;
        }

        return (mantissa, exponent);
    }

    private static int Digits(UInt128 number)
    {
        var digits = 1;
        while (number > ulong.MaxValue)
        {
            (number, digits) = (number / 10, digits + 1);
        }

        for (var small = (ulong)number; small >= 10; small /= 10)
        {
            digits++;
        }

        return digits;
    }

    private static UInt128 PowerOfTen(int power)
    {
        var result = UInt128.One;
        for (; power > 0; power--)
        {
            result *= 10;
        }

        return result;
    }
}
