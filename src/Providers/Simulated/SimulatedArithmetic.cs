using System.Buffers;
using System.Globalization;

namespace Ensemble.Providers.Simulated;

/// <summary>Finds the first calculation in a text and does it: + - * / × ÷, parentheses, precedence, decimals.</summary>
internal static class SimulatedArithmetic
{
    private const int MaxDepth = 32;
    private static readonly SearchValues<char> OfDates = SearchValues.Create("-0123456789");

    /// <summary>As far back from its end as a text is searched.</summary>
    private const int MaxLength = 4096;

    /// <param name="expression">The calculation as it was written.</param>
    /// <param name="result">Null where it divides by zero.</param>
    public static bool TryFind(ReadOnlySpan<char> text, out string expression, out decimal? result)
    {
        text = text[^Math.Min(text.Length, MaxLength)..];
        for (var start = 0; start < text.Length; start++)
        {
            if (!StartsHere(text, start))
            {
                continue;
            }

            var parser = new Parser(text[start..]);
            try
            {
                if (!parser.TrySum(0, out var value))
                {
                    continue;
                }

                if (parser.Operators > 0 && !IsDate(text.Slice(start, parser.Position)))
                {
                    expression = text.Slice(start, parser.Position).Trim().ToString();
                    result = value;
                    return true;
                }
            }
            catch (OverflowException)
            {
                // Too large to be right about; the text may hold another calculation.
            }

            start += Math.Max(0, parser.Position - 1);
        }

        expression = "";
        result = null;
        return false;
    }

    /// <summary>At most ten decimals, without trailing zeros.</summary>
    public static string Format(decimal value) => value.ToString("0.##########", CultureInfo.InvariantCulture);

    // Not inside a word or a number that was passed over: "v2", "3.14".
    private static bool StartsHere(ReadOnlySpan<char> text, int index) =>
        (char.IsAsciiDigit(text[index]) || text[index] is '(' or '-' or '\u2212')
        && (index == 0 || !(char.IsLetterOrDigit(text[index - 1]) || text[index - 1] is '.' or '_'));

    private static bool IsDate(ReadOnlySpan<char> text) =>
        text.Length == 10 && text[4] == '-' && text[7] == '-' && !text.ContainsAnyExcept(OfDates);

    /// <summary>Recursive descent; a position is only kept where what was read up to it makes sense.</summary>
    private ref struct Parser(ReadOnlySpan<char> text)
    {
        private readonly ReadOnlySpan<char> _text = text;

        public int Position { get; private set; }

        public int Operators { get; private set; }

        public bool TrySum(int depth, out decimal? value)
        {
            if (!TryProduct(depth, out value))
            {
                return false;
            }

            while (true)
            {
                var (before, operators) = (Position, Operators);
                var sign = Operator("+-\u2212");
                if (sign == '\0' || !TryProduct(depth, out var right))
                {
                    (Position, Operators) = (before, operators);
                    return true;
                }

                Operators++;
                value = sign == '+' ? value + right : value - right;
            }
        }

        private bool TryProduct(int depth, out decimal? value)
        {
            if (!TryFactor(depth, out value))
            {
                return false;
            }

            while (true)
            {
                var (before, operators) = (Position, Operators);
                var sign = Operator("*/×÷");
                if (sign == '\0' || !TryFactor(depth, out var right))
                {
                    (Position, Operators) = (before, operators);
                    return true;
                }

                Operators++;
                value = sign is '*' or '×' ? value * right : right == 0 ? null : value / right;
            }
        }

        private bool TryFactor(int depth, out decimal? value)
        {
            value = null;
            if (depth > MaxDepth)
            {
                return false;
            }

            SkipSpace();
            if (Operator("-\u2212") != '\0')
            {
                var isNumber = TryFactor(depth + 1, out var negated);
                value = -negated;
                return isNumber;
            }

            if (Operator("(") == '\0')
            {
                return TryNumber(out value);
            }

            return TrySum(depth + 1, out value) && Operator(")") != '\0';
        }

        private bool TryNumber(out decimal? value)
        {
            var start = Position;
            while (Position < _text.Length && (char.IsAsciiDigit(_text[Position]) || IsSeparator(start)))
            {
                Position++;
            }

            var isNumber = decimal.TryParse(
                _text[start..Position], NumberStyles.AllowDecimalPoint | NumberStyles.AllowThousands, CultureInfo.InvariantCulture,
                out var number);
            value = number;
            return isNumber;
        }

        // A point needs a digit after it; a comma groups exactly three: neither ends a sentence as part of a number.
        private readonly bool IsSeparator(int start)
        {
            var rest = _text[(Position + 1)..];
            return Position > start && rest.Length > 0 && char.IsAsciiDigit(rest[0]) && _text[Position] switch
            {
                '.' => !_text[start..Position].Contains('.'),
                ',' => rest.Length >= 3 && char.IsAsciiDigit(rest[1]) && char.IsAsciiDigit(rest[2])
                    && (rest.Length == 3 || !char.IsAsciiDigit(rest[3])) && !_text[start..Position].Contains('.'),
                _ => false,
            };
        }

        private char Operator(ReadOnlySpan<char> any)
        {
            var before = Position;
            SkipSpace();
            if (Position < _text.Length && any.Contains(_text[Position]))
            {
                return _text[Position++];
            }

            Position = before;
            return '\0';
        }

        private void SkipSpace()
        {
            while (Position < _text.Length && _text[Position] is ' ' or '\t' or '\u00A0')
            {
                Position++;
            }
        }
    }
}
