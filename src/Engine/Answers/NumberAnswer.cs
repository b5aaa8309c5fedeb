namespace Ensemble.Answers;

/// <summary>
/// The number that a text states. Units and currencies are left out: 18 dollars, $18 and 18 say the same where one number was asked for.
/// </summary>
/// <param name="InPercent">Whether the question asks for a percentage, so that 50% is 50; otherwise it is a half.</param>
internal readonly record struct NumberAnswer(bool InPercent) : IStatementReader<NumberValue>
{
    private const int MaxWordsOfShortSentence = 16;
    private const int MaxResults = 16;

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Conclusions =
        WordScanner.Set("so therefore thus hence consequently finally altogether overall total conclusion summary then");

    public bool AmongChoices => false;

    public ParseResult Read(ReadOnlySpan<char> text, int start, int end, bool isLoose, out NumberValue value, out int valueEnd)
    {
        var found = ReadAt(text[..end], NumberContext.SkipLeadIn(text[..end], start), out value, out valueEnd);
        if (found != ParseResult.None || !isLoose)
        {
            return found;
        }

        // "Answer: She makes $18 a day." ends the text, and holds one number only.
        return TryReadSingle(text[..Math.Min(end, Sentences.End(text, start))], start, out value, out valueEnd)
            ? ParseResult.Value
            : ParseResult.None;
    }

    /// <summary>A text that is the number, with a unit at most.</summary>
    public bool Whole(ReadOnlySpan<char> text, out NumberValue value)
    {
        if (ReadAt(text, NumberContext.SkipLeadIn(text, 0), out value, out var end) != ParseResult.Value)
        {
            return false;
        }

        for (var words = 0; end < text.Length;)
        {
            var word = WordScanner.At(text, end);
            if (word.IsEmpty)
            {
                if (text[end] is '\n' or '?' or '=' or ':' || char.IsDigit(text[end]))
                {
                    return false;
                }

                end++;
            }
            else if (++words > NumberContext.MaxUnitWords)
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
    public ParseResult Bold(ReadOnlySpan<char> text, bool mayDiffer, out NumberValue value)
    {
        (value, var found, var end) = (default, ParseResult.None, 0);
        for (var at = 0; BoldSpans.Next(text, ref at, out var bold, out var isItem);)
        {
            if (isItem || !Whole(bold, out var here))
            {
                continue;
            }

            if (found == ParseResult.Value && here != value && !mayDiffer)
            {
                return ParseResult.Unclear;
            }

            (value, found, end) = (here, ParseResult.Value, at);
        }

        return found == ParseResult.Value && NumberScanner.Next(text, end, out _) ? ParseResult.None : found;
    }

    /// <summary>Where a quantity was asked for: an answer of one short sentence, or a last one that concludes, with one number.</summary>
    public bool Conclusion(ReadOnlySpan<char> text, out NumberValue value)
    {
        var start = Sentences.Start(text, text.Length);
        var sentence = text[start..];
        var isAll = text[..start].Trim(" \t\r\n").IsEmpty;
        if (isAll ? sentence.Count(' ') < MaxWordsOfShortSentence : Concludes(sentence))
        {
            return TryReadSingle(text, start, out value, out _);
        }

        value = default;
        return false;
    }

    /// <summary>
    /// Without a statement: of the last sentence that holds numbers the one after its last equals sign, else the one that was worked out
    /// last before it, else the last one that the question did not give, else the last one.
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
                if (WordScanner.Is(WordScanner.Before(text, token.Start), "not") || NumberContext.IsItemNumber(text, token))
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

    private ParseResult ReadAt(ReadOnlySpan<char> text, int at, out NumberValue value, out int valueEnd)
    {
        (value, valueEnd) = (default, at);
        if (at >= text.Length || !NumberScanner.Next(text, at, out var token) || token.Start > at)
        {
            return ParseResult.None;
        }

        (value, valueEnd) = (token.Answer(InPercent), token.End);
        var after = token.End + (text.Length - token.End - text[token.End..].TrimStart("*_`\"')]}$").Length);
        if (NumberContext.IsCoefficient(text, token.End))
        {
            return ParseResult.Unclear;
        }

        if (NumberContext.IsFollowedByOperator(text, after, token.End))
        {
            // Worked out on the same line, its result counts; left as it is, it is no number.
            var end = Math.Min(Sentences.End(text, at), Sentences.LineEnd(text, at));
            return Result(text[..end], at, out value, out valueEnd) ? ParseResult.Value : ParseResult.Unclear;
        }

        return NumberContext.IsOneOfSeveral(text, after) ? ParseResult.Unclear : ParseResult.Value;
    }

    // The first number after the last equals sign, unless it is calculated with.
    private bool Result(ReadOnlySpan<char> text, int start, out NumberValue value, out int valueEnd)
    {
        var tries = 0;
        for (var end = text.Length; tries++ < MaxResults && text[start..end].LastIndexOfAny("=≈") is var mark and >= 0; end = start + mark)
        {
            var at = NumberContext.SkipLeadIn(text, start + mark + 1);
            if (NumberScanner.Next(text, at, out var token) && token.Start <= at
                && !NumberContext.IsFollowedByOperator(text, token.End, token.End))
            {
                (value, valueEnd) = (token.Answer(InPercent), token.End);
                return true;
            }
        }

        (value, valueEnd) = (default, start);
        return false;
    }

    private bool TryReadSingle(ReadOnlySpan<char> text, int start, out NumberValue value, out int valueEnd)
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
            if (token.IsOrdinal || ++count > 1 || NumberContext.IsCoefficient(text, token.End)
                || WordScanner.Before(text, token.Start) is "not" or "than")
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
            var word = WordScanner.At(sentence, at);
            if (WordScanner.IsAny(word, Conclusions))
            {
                return true;
            }

            words += word.IsEmpty ? 0 : 1;
            at += Math.Max(1, word.Length);
        }

        return false;
    }
}
