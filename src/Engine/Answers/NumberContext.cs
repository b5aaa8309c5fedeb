namespace Ensemble.Answers;

/// <summary>
/// Inspects the text around a number to decide whether it is an answer, or an operand, a coefficient, one of several alternatives or a list
/// number.
/// </summary>
internal static class NumberContext
{
    /// <summary>Words after a number that may name what it counts.</summary>
    public const int MaxUnitWords = 3;

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> LeadIns = WordScanner.Set(
        "is are was be it its it's that's therefore thus so then hence simply just about approximately approx roughly exactly around nearly almost equal equals " +
        "to the number a an total sum of only now indeed also probably likely actually definitely clearly in usd us eur gbp rs inr there "
        + "would final answer");

    /// <returns>Where the value begins, after words and marks that only lead up to it.</returns>
    public static int SkipLeadIn(ReadOnlySpan<char> text, int at)
    {
        var lines = 0;
        text = text[..Math.Min(text.Length, at + AnswerStatement.MaxLeadInLength)];
        while (at < text.Length)
        {
            var character = text[at];
            var word = WordScanner.At(text, at);
            if (!word.IsEmpty)
            {
                // "x = 5" names what it is.
                var isName = word.Length == 1 && text[(at + 1)..].TrimStart(' ') is ['=', ..];
                if (!isName && !WordScanner.IsAny(word, LeadIns))
                {
                    return at;
                }

                at += word.Length;
            }
            else if (character is ' ' or '\t' or '\r' or '*' or '_' or '`' or '"' or '\''
                or '(' or '[' or '{' or ':' or '=' or '≈' or '~' or ',' or PlainText.BoxStart
                || (character == '.' && !(at + 1 < text.Length && char.IsAsciiDigit(text[at + 1])))
                || (character == '\n' && ++lines <= 2)
                || (character == '-' && at + 1 < text.Length && text[at + 1] == ' ')
                || (character == '$' && at + 1 < text.Length && (char.IsLetter(text[at + 1]) || text[at + 1] == '$')))
            {
                at++;
            }
            else
            {
                return at;
            }
        }

        return at;
    }

    /// <summary>Whether an arithmetic operator follows the number that ends at <paramref name="valueEnd"/>.</summary>
    /// <param name="at">The position after closing markup, such as <c>**</c>.</param>
    public static bool IsFollowedByOperator(ReadOnlySpan<char> text, int at, int valueEnd)
    {
        var isSpaced = at < text.Length && text[at] == ' ';
        while (at < text.Length && text[at] == ' ')
        {
            at++;
        }

        if (at >= text.Length)
        {
            return false;
        }

        var next = at + 1 < text.Length ? text[at + 1] : '\n';
        var isBefore = char.IsDigit(next) || next is ' ' or '(' or '$' || next == '-';
        return text[at] switch
        {
            '=' or '≈' or '^' or '×' or '÷' => true,
            '+' or '-' or '/' or '*' => isBefore && (isSpaced || next != ' ') && HasDigit(text, at),
            'x' => isBefore && HasDigit(text, at) && (next != ' ' || isSpaced),
            >= '0' and <= '9' => !isSpaced && at > valueEnd && text[at - 1] == '*',
            _ => false,
        };
    }

    /// <summary>Whether the number is a coefficient, as in 2x and 2π.</summary>
    public static bool IsCoefficient(ReadOnlySpan<char> text, int at) =>
        at < text.Length
        && (text[at] is 'π' or '√' or '\\'
        || (text[at] is 'x' or 'y' or 'z' or 'n' && (at + 1 == text.Length || !char.IsLetterOrDigit(text[at + 1]))));

    /// <summary>"5 or 7", "5, 7", "3 hours and 20 minutes", "5 to 10".</summary>
    public static bool IsOneOfSeveral(ReadOnlySpan<char> text, int at)
    {
        for (var words = 0; words <= MaxUnitWords; words++)
        {
            var isComma = at < text.Length && text[at] is ',' or '/' or '-';
            var next = at + (isComma ? 1 : 0);
            while (next < text.Length && text[next] is ' ' or '*')
            {
                next++;
            }

            if (isComma)
            {
                return words == 0 && StartsNumber(text, next);
            }

            var word = WordScanner.At(text, next);
            if (word.IsEmpty)
            {
                return false;
            }

            at = next + word.Length;
            if (WordScanner.Is(word, "or") || WordScanner.Is(word, "and") || (words == 0 && WordScanner.Is(word, "to")))
            {
                return StartsNumber(text, at + 1);
            }
        }

        return false;
    }

    /// <summary>Whether it is a list number: "3." at the start of a line.</summary>
    public static bool IsItemNumber(ReadOnlySpan<char> text, NumberToken token) =>
        text[..token.Start].TrimEnd(" *#") is [] or [.., '\n'] && token.End + 1 < text.Length && text[token.End] is '.' or ')'
        && text[token.End + 1] == ' ';

    private static bool StartsNumber(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && text[at] is ' ' or '*' or '$' or '€' or '£')
        {
            at++;
        }

        return at < text.Length && char.IsAsciiDigit(text[at]);
    }

    private static bool HasDigit(ReadOnlySpan<char> text, int at) =>
        text.Slice(at, Math.Min(8, text.Length - at)).IndexOfAnyInRange('0', '9') >= 0;
}
