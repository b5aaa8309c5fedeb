namespace Ensemble.Answers;

/// <summary>
/// The number that a text states. Units and currencies are left out: 18 dollars, $18 and 18 say the same where one number was asked for.
/// </summary>
/// <param name="InPercent">Whether the question asks for a percentage, so that 50% is 50; otherwise it is a half.</param>
internal readonly record struct NumberAnswer(bool InPercent) : IStatedReader<NumberValue>
{
    private const int MaxUnitWords = 3;
    private const int MaxWordsOfShortSentence = 16;
    private const int MaxResults = 16;

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> LeadIns = Words.Set(
        "is are was be it its it's that's therefore thus so then hence simply just about approximately approx roughly exactly around nearly almost equal equals " +
        "to the number a an total sum of only now indeed also probably likely actually definitely clearly in usd us eur gbp rs inr there would final answer");

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Conclusions =
        Words.Set("so therefore thus hence consequently finally altogether overall total conclusion summary then");

    public bool AmongChoices => false;

    public Found Read(ReadOnlySpan<char> text, int start, int end, bool isLoose, out NumberValue value, out int valueEnd)
    {
        var found = ReadAt(text[..end], SkipLeadIn(text[..end], start), out value, out valueEnd);
        if (found != Found.None || !isLoose)
        {
            return found;
        }

        // "Answer: She makes $18 a day." ends the text, and holds one number only.
        return OneIn(text[..Math.Min(end, Sentences.End(text, start))], start, out value, out valueEnd) ? Found.Value : Found.None;
    }

    /// <summary>A text that is the number, with a unit at most.</summary>
    public bool Whole(ReadOnlySpan<char> text, out NumberValue value)
    {
        if (ReadAt(text, SkipLeadIn(text, 0), out value, out var end) != Found.Value)
        {
            return false;
        }

        for (var words = 0; end < text.Length;)
        {
            var word = Words.At(text, end);
            if (word.IsEmpty)
            {
                if (text[end] is '\n' or '?' or '=' or ':' || char.IsDigit(text[end]))
                {
                    return false;
                }

                end++;
            }
            else if (++words > MaxUnitWords)
            {
                return false;
            }
            else
            {
                end += word.Length;
            }
        }

        return true;
    }

    /// <summary>A number in bold that is all that is bold there, and the last one of the text: an earlier one stresses a step.</summary>
    /// <param name="mayDiffer">Whether the last one counts where several different ones are bold.</param>
    public Found Bold(ReadOnlySpan<char> text, bool mayDiffer, out NumberValue value)
    {
        (value, var found, var end) = (default, Found.None, 0);
        for (var at = 0; Bolds.Next(text, ref at, out var bold, out var isItem);)
        {
            if (isItem || !Whole(bold, out var here))
            {
                continue;
            }

            if (found == Found.Value && here != value && !mayDiffer)
            {
                return Found.Unclear;
            }

            (value, found, end) = (here, Found.Value, at);
        }

        return found == Found.Value && NumberScanner.Next(text, end, out _) ? Found.None : found;
    }

    /// <summary>Where a quantity was asked for: an answer of one short sentence, or a last one that concludes, with one number.</summary>
    public bool Conclusion(ReadOnlySpan<char> text, out NumberValue value)
    {
        var start = Sentences.Start(text, text.Length);
        var sentence = text[start..];
        var isAll = text[..start].Trim(" \t\r\n").IsEmpty;
        if (isAll ? sentence.Count(' ') < MaxWordsOfShortSentence : Concludes(sentence))
        {
            return OneIn(text, start, out value, out _);
        }

        value = default;
        return false;
    }

    /// <summary>
    /// Without a statement: of the last sentence that holds numbers the one after its last equals sign, else the one that was worked out last before it,
    /// else the last one that the question did not give, else the last one.
    /// </summary>
    /// <param name="given">Numbers in the question.</param>
    public bool Last(ReadOnlySpan<char> text, IReadOnlyCollection<NumberValue> given, out NumberValue value)
    {
        value = default;
        for (var end = text.Length; end > 0;)
        {
            var start = Sentences.Start(text, end);
            if (Result(text[..end], start, out value, out _))
            {
                return true;
            }

            var (isFound, isNew, isLooked, isWorkedOut) = (false, false, false, false);
            var result = default(NumberValue);
            for (var at = start; NumberScanner.Next(text[..end], at, out var token); at = token.End)
            {
                var number = token.Answer(InPercent);
                if (Words.Is(Words.Before(text, token.Start), "not") || IsItemNumber(text, token))
                {
                    continue;
                }

                if (!isLooked)
                {
                    (isLooked, isWorkedOut) = (true, Result(text[..start], 0, out result, out _));
                }

                if (isWorkedOut && number == result)
                {
                    value = number;
                    return true;
                }

                var here = !token.IsOrdinal && !given.Contains(token.Value);
                if (here || !isNew)
                {
                    (value, isFound, isNew) = (number, true, here);
                }
            }

            if (isFound)
            {
                return true;
            }

            end = start;
        }

        return false;
    }

    private Found ReadAt(ReadOnlySpan<char> text, int at, out NumberValue value, out int valueEnd)
    {
        (value, valueEnd) = (default, at);
        if (at >= text.Length || !NumberScanner.Next(text, at, out var token) || token.Start > at)
        {
            return Found.None;
        }

        (value, valueEnd) = (token.Answer(InPercent), token.End);
        var after = token.End + (text.Length - token.End - text[token.End..].TrimStart("*_`\"')]}$").Length);
        if (IsFactor(text, token.End))
        {
            return Found.Unclear;
        }

        if (IsOperator(text, after, token.End))
        {
            // Worked out on the same line, its result counts; left as it is, it is no number.
            var end = Math.Min(Sentences.End(text, at), Sentences.LineEnd(text, at));
            return Result(text[..end], at, out value, out valueEnd) ? Found.Value : Found.Unclear;
        }

        return IsOneOfSeveral(text, after) ? Found.Unclear : Found.Value;
    }

    // The first number after the last equals sign, unless it is calculated with.
    private bool Result(ReadOnlySpan<char> text, int start, out NumberValue value, out int valueEnd)
    {
        var tries = 0;
        for (var end = text.Length; tries++ < MaxResults && text[start..end].LastIndexOfAny("=≈") is var mark and >= 0; end = start + mark)
        {
            var at = SkipLeadIn(text, start + mark + 1);
            if (NumberScanner.Next(text, at, out var token) && token.Start <= at && !IsOperator(text, token.End, token.End))
            {
                (value, valueEnd) = (token.Answer(InPercent), token.End);
                return true;
            }
        }

        (value, valueEnd) = (default, start);
        return false;
    }

    private bool OneIn(ReadOnlySpan<char> text, int start, out NumberValue value, out int valueEnd)
    {
        // A root, a power and a bound hold a number and are not that number.
        if (text[start..].ContainsAny("\\√±^"))
        {
            (value, valueEnd) = (default, start);
            return false;
        }

        if (Result(text, start, out value, out valueEnd))
        {
            return true;
        }

        var count = 0;
        for (var at = start; NumberScanner.Next(text, at, out var token); at = token.End)
        {
            if (token.IsOrdinal || ++count > 1 || IsFactor(text, token.End) || Words.Before(text, token.Start) is "not" or "than")
            {
                return false;
            }

            (value, valueEnd) = (token.Answer(InPercent), token.End);
        }

        return count == 1;
    }

    private static bool Concludes(ReadOnlySpan<char> sentence)
    {
        for (var (at, words) = (0, 0); at < sentence.Length && words < 2;)
        {
            var word = Words.At(sentence, at);
            if (Words.IsAny(word, Conclusions))
            {
                return true;
            }

            words += word.IsEmpty ? 0 : 1;
            at += Math.Max(1, word.Length);
        }

        return false;
    }

    private static int SkipLeadIn(ReadOnlySpan<char> text, int at)
    {
        var lines = 0;
        while (at < text.Length)
        {
            var character = text[at];
            var word = Words.At(text, at);
            if (!word.IsEmpty)
            {
                // "x = 5" names what it is.
                var isName = word.Length == 1 && text[(at + 1)..].TrimStart(' ') is ['=', ..];
                if (!isName && !Words.IsAny(word, LeadIns))
                {
                    return at;
                }

                at += word.Length;
            }
            else if (character is ' ' or '\t' or '\r' or '*' or '_' or '`' or '"' or '\'' or '(' or '[' or '{' or ':' or '=' or '≈' or '~' or ',' or PlainText.BoxStart
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

    private static bool IsOperator(ReadOnlySpan<char> text, int at, int valueEnd)
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

    // 2x, 2π
    private static bool IsFactor(ReadOnlySpan<char> text, int at) =>
        at < text.Length && (text[at] is 'π' or '√' or '\\' || (text[at] is 'x' or 'y' or 'z' or 'n' && (at + 1 == text.Length || !char.IsLetterOrDigit(text[at + 1]))));

    // "5 or 7", "5, 7", "3 hours and 20 minutes", "5 to 10"
    private static bool IsOneOfSeveral(ReadOnlySpan<char> text, int at)
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

            var word = Words.At(text, next);
            if (word.IsEmpty)
            {
                return false;
            }

            at = next + word.Length;
            if (Words.Is(word, "or") || Words.Is(word, "and") || (words == 0 && Words.Is(word, "to")))
            {
                return StartsNumber(text, at + 1);
            }
        }

        return false;
    }

    private static bool StartsNumber(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && text[at] is ' ' or '*' or '$' or '€' or '£')
        {
            at++;
        }

        return at < text.Length && char.IsAsciiDigit(text[at]);
    }

    private static bool HasDigit(ReadOnlySpan<char> text, int at) => text.Slice(at, Math.Min(8, text.Length - at)).IndexOfAnyInRange('0', '9') >= 0;

    // "3." at the start of a line counts the lines.
    private static bool IsItemNumber(ReadOnlySpan<char> text, NumberToken token) =>
        text[..token.Start].TrimEnd(" *#") is [] or [.., '\n'] && token.End + 1 < text.Length && text[token.End] is '.' or ')' && text[token.End + 1] == ' ';
}
