using System.Numerics;

namespace Ensemble.Answers;

/// <summary>The choices that a text picks, as a set of bits, the lowest for A. Several picked together are a set of their own.</summary>
/// <param name="Count">Choices to pick from.</param>
internal readonly record struct ChoiceAnswer(int Count) : IStatementReader<uint>
{
    public bool AmongChoices => true;

    private ChoiceLetters Letters => new(Count);

    private ChoiceMentions Mentions => new(Letters);

    /// <returns>Unclear where the text hesitates between several.</returns>
    public ParseResult Read(ReadOnlySpan<char> text, out uint picked)
    {
        var found = AnswerStatement.Last(text, this, out picked);
        return found != ParseResult.None || (found = Mentions.Praised(text, out picked)) != ParseResult.None
            || (found = Bold(text, out picked)) != ParseResult.None
            || (found = Leading(text, out picked)) != ParseResult.None || (found = LastLine(text, out picked)) != ParseResult.None
            ? found
            : OnlyOne(text, out picked);
    }

    public static string Write(uint picked)
    {
        Span<char> letters = stackalloc char[64];
        var length = 0;
        for (; picked != 0; picked &= picked - 1)
        {
            if (length > 0)
            {
                letters[length++] = ',';
            }

            letters[length++] = (char)('A' + BitOperations.TrailingZeroCount(picked));
        }

        return letters[..length].ToString();
    }

    public ParseResult Read(ReadOnlySpan<char> text, int start, int end, bool isLoose, out uint value, out int valueEnd)
    {
        (value, var isEither) = (0, false);
        text = text[..end];
        valueEnd = Letters.SkipLeadIn(text, start);
        while (Letters.Try(text, valueEnd, out var letter))
        {
            value |= letter;
            valueEnd++;
            var next = valueEnd;
            var isJoined = false;
            while (next < text.Length)
            {
                var word = WordScanner.At(text, next);
                if (text[next] is ',' or '&' or '/' or '+')
                {
                    isEither |= text[next] == '/';
                    isJoined = true;
                    next++;
                }
                else if (WordScanner.Is(word, "and") || WordScanner.Is(word, "or"))
                {
                    isEither |= WordScanner.Is(word, "or") && Letters.Starts(text, next + 2);
                    isJoined = true;
                    next += word.Length;
                }
                else if (text[next] is ' ' or ')' or ']' or '*' or '(' or '[' or '"' or '\'' or '`')
                {
                    next++;
                }
                else
                {
                    break;
                }
            }

            if (!isJoined)
            {
                break;
            }

            valueEnd = Letters.Starts(text, next) ? next : valueEnd;
        }

        return value == 0 ? ParseResult.None : isEither ? ParseResult.Unclear : ParseResult.Value;
    }

    private ParseResult Bold(ReadOnlySpan<char> text, out uint picked)
    {
        picked = 0;
        for (var at = 0; BoldSpans.Next(text, ref at, out var bold, out var isItem);)
        {
            if (isItem || Read(bold, 0, bold.Length, isLoose: false, out var here, out var end) != ParseResult.Value
                || !(end == bold.Length || bold[end] is ')' or '.' or ':' or ']'))
            {
                continue;
            }

            if (picked != 0 && picked != here)
            {
                picked = 0;
                return ParseResult.None;
            }

            picked = here;
        }

        return picked == 0 ? ParseResult.None : ParseResult.Value;
    }

    // An answer that goes through the choices line by line begins with one of them and picks none by that.
    private ParseResult Leading(ReadOnlySpan<char> text, out uint picked)
    {
        picked = 0;
        var found = ParseResult.None;
        for (var (at, line) = (0, 0); at < text.Length; at = Sentences.LineEnd(text, at) + 1, line++)
        {
            var start = ChoiceLetters.SkipItemMarks(text, at);
            if (line > 0 && !Letters.Try(text, start, out _))
            {
                continue;
            }

            var here = Read(text, start, text.Length, isLoose: false, out var value, out var end);
            if (here == ParseResult.None
                || (here == ParseResult.Value && (!ChoiceLetters.Ends(text, end) || AnswerStatement.IsCalledWrong(text, end))))
            {
                continue;
            }

            // "A: C" answers with C, "A: London" picks A.
            if (line == 0 && value == 1 && text[end..].StartsWith(":")
                && Letters.Try(text, ChoiceLetters.SkipItemMarks(text, end + 1), out var named)
                && ChoiceLetters.Ends(text, ChoiceLetters.SkipItemMarks(text, end + 1) + 1))
            {
                picked = named;
                return ParseResult.Value;
            }

            if (line == 0 || found == ParseResult.None)
            {
                if (line > 0)
                {
                    return ParseResult.None;
                }

                (picked, found) = (value, here);
            }
            else if (value != picked)
            {
                picked = 0;
                return ParseResult.None;
            }
        }

        return found;
    }

    private ParseResult LastLine(ReadOnlySpan<char> text, out uint picked)
    {
        var start = text.TrimEnd("\r\n *.").LastIndexOf('\n') + 1;
        var found = Read(text, ChoiceLetters.SkipItemMarks(text, start), text.Length, isLoose: false, out picked, out var end);
        return found == ParseResult.Value && !text[end..].Trim(" .)*]\"'\n\r").IsEmpty ? ParseResult.None : found;
    }

    private ParseResult OnlyOne(ReadOnlySpan<char> text, out uint picked)
    {
        picked = Mentions.Mentioned(text);
        return picked == 0 ? ParseResult.None : BitOperations.IsPow2(picked) ? ParseResult.Value : ParseResult.Unclear;
    }
}
