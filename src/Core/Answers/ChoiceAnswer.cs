using System.Numerics;

namespace Ensemble.Answers;

/// <summary>The choices that a text picks, as a set of bits, the lowest for A. Several picked together are a set of their own.</summary>
/// <param name="Count">Choices to pick from.</param>
internal readonly record struct ChoiceAnswer(int Count) : IStatedReader<uint>
{
    private const int LongestSubject = 240;

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> LeadIns = Words.Set(
        "is are be it it's that that's would therefore thus so then hence simply probably likely most definitely clearly actually indeed only option options choice choices " +
        "letter answer answers the correct best right both go with to select choose pick for");

    // What may follow a letter that is also a word.
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Followers =
        Words.Set("because since as and or is are was which for with due given would seems by but not");

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Praise = Words.Set("correct right best true");

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> BeforePraise =
        Words.Set("the most be definitely clearly indeed therefore thus only also both one our a single actually");

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Verdicts = Words.Set("say guess so therefore hence thus think");

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Denials = Words.Set("not isn't aren't neither never nor cannot can't wasn't");

    public bool AmongChoices => true;

    /// <returns>Unclear where the text hesitates between several.</returns>
    public Found Read(ReadOnlySpan<char> text, out uint picked)
    {
        var found = Stated.Last(text, this, out picked);
        return found != Found.None || (found = Praised(text, out picked)) != Found.None || (found = Bold(text, out picked)) != Found.None
            || (found = Leading(text, out picked)) != Found.None || (found = LastLine(text, out picked)) != Found.None
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

    public Found Read(ReadOnlySpan<char> text, int start, int end, bool isLoose, out uint value, out int valueEnd)
    {
        (value, var isEither) = (0, false);
        text = text[..end];
        valueEnd = SkipLeadIn(text, start);
        while (TryLetter(text, valueEnd, out var letter))
        {
            value |= letter;
            valueEnd++;
            var next = valueEnd;
            var isJoined = false;
            while (next < text.Length)
            {
                var word = Words.At(text, next);
                if (text[next] is ',' or '&' or '/' or '+')
                {
                    isEither |= text[next] == '/';
                    isJoined = true;
                    next++;
                }
                else if (Words.Is(word, "and") || Words.Is(word, "or"))
                {
                    isEither |= Words.Is(word, "or") && StartsLetter(text, next + 2);
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

            valueEnd = StartsLetter(text, next) ? next : valueEnd;
        }

        return value == 0 ? Found.None : isEither ? Found.Unclear : Found.Value;
    }

    // "Option C is correct", "(B) Paris is the right answer", "Both A and C are correct"
    private Found Praised(ReadOnlySpan<char> text, out uint picked)
    {
        picked = 0;
        for (var at = 0; at < text.Length;)
        {
            var word = Words.At(text, at);
            if (word.IsEmpty)
            {
                at++;
                continue;
            }

            if (Words.IsAny(word, Praise) && SubjectEnd(text, at) is var end and > 0 && Subject(text, end) is var subject and not 0)
            {
                picked = subject;
            }

            at += word.Length;
        }

        return picked == 0 ? Found.None : Found.Value;
    }

    private uint Subject(ReadOnlySpan<char> text, int end)
    {
        var near = text[Math.Max(0, end - LongestSubject)..end];
        return Mentioned(near[Sentences.Start(near, near.Length)..]);
    }

    // Where the verb before a word of praise stands; -1 where the praise is denied, or is not said of anything.
    private static int SubjectEnd(ReadOnlySpan<char> text, int at)
    {
        for (var words = 0; words < 5; words++)
        {
            var before = Words.Before(text, at);
            at = before.IsEmpty ? 0 : text[..at].LastIndexOf(before, StringComparison.Ordinal);
            if (Words.Is(before, "is") || Words.Is(before, "are"))
            {
                return at;
            }

            if (!Words.IsAny(before, BeforePraise))
            {
                return -1;
            }
        }

        return -1;
    }

    private Found Bold(ReadOnlySpan<char> text, out uint picked)
    {
        picked = 0;
        for (var at = 0; Bolds.Next(text, ref at, out var bold, out var isItem);)
        {
            if (isItem || Read(bold, 0, bold.Length, isLoose: false, out var here, out var end) != Found.Value || !(end == bold.Length || bold[end] is ')' or '.' or ':' or ']'))
            {
                continue;
            }

            if (picked != 0 && picked != here)
            {
                picked = 0;
                return Found.None;
            }

            picked = here;
        }

        return picked == 0 ? Found.None : Found.Value;
    }

    // An answer that goes through the choices line by line begins with one of them and picks none by that.
    private Found Leading(ReadOnlySpan<char> text, out uint picked)
    {
        picked = 0;
        var found = Found.None;
        for (var (at, line) = (0, 0); at < text.Length; at = Sentences.LineEnd(text, at) + 1, line++)
        {
            var start = SkipItemMarks(text, at);
            if (line > 0 && !TryLetter(text, start, out _))
            {
                continue;
            }

            var here = Read(text, start, text.Length, isLoose: false, out var value, out var end);
            if (here == Found.None || (here == Found.Value && (!EndsLetter(text, end) || Stated.IsCalledWrong(text, end))))
            {
                continue;
            }

            // "A: C" answers with C, "A: London" picks A.
            if (line == 0 && value == 1 && text[end..].StartsWith(":") && TryLetter(text, SkipItemMarks(text, end + 1), out var named)
                && EndsLetter(text, SkipItemMarks(text, end + 1) + 1))
            {
                picked = named;
                return Found.Value;
            }

            if (line == 0 || found == Found.None)
            {
                if (line > 0)
                {
                    return Found.None;
                }

                (picked, found) = (value, here);
            }
            else if (value != picked)
            {
                picked = 0;
                return Found.None;
            }
        }

        return found;
    }

    private Found LastLine(ReadOnlySpan<char> text, out uint picked)
    {
        var start = text.TrimEnd("\r\n *.").LastIndexOf('\n') + 1;
        var found = Read(text, SkipItemMarks(text, start), text.Length, isLoose: false, out picked, out var end);
        return found == Found.Value && !text[end..].Trim(" .)*]\"'\n\r").IsEmpty ? Found.None : found;
    }

    private Found OnlyOne(ReadOnlySpan<char> text, out uint picked)
    {
        picked = Mentioned(text);
        return picked == 0 ? Found.None : BitOperations.IsPow2(picked) ? Found.Value : Found.Unclear;
    }

    // Letters in brackets, or called an option; 0 where one of them is denied.
    private uint Mentioned(ReadOnlySpan<char> text)
    {
        uint mentioned = 0;
        for (var at = 0; at < text.Length; at++)
        {
            if (!TryLetter(text, at, out var letter))
            {
                continue;
            }

            var before = Words.Before(text, at);
            if (Words.IsAny(before, Denials) || Stated.IsCalledWrong(text, at + 1))
            {
                return 0;
            }

            var isEnclosed = at > 0 && text[at - 1] is '(' or '[' or '*';
            var isFirst = text[..at].TrimEnd(" *-\t") is [] or [.., '\n'];
            if (isEnclosed || isFirst || Words.Is(before, "option") || Words.Is(before, "choice") || Words.Is(before, "both") || Words.IsAny(before, Verdicts) || (mentioned != 0 && Words.Is(before, "and")))
            {
                mentioned |= letter;
            }
        }

        return mentioned;
    }

    private bool TryLetter(ReadOnlySpan<char> text, int at, out uint letter)
    {
        letter = 0;
        if (at >= text.Length || !char.IsAsciiLetter(text[at]) || (text[at] | 0x20) - 'a' >= Count || (at > 0 && (char.IsLetterOrDigit(text[at - 1]) || text[at - 1] is '_' or '\'') && text[at - 1] < '\u2E80'))
        {
            return false;
        }

        var after = at + 1 < text.Length ? text[at + 1] : '\n';
        var next = at + 2 < text.Length ? text[at + 2] : '\n';
        if ((char.IsLetterOrDigit(after) && after < '\u2E80') || after is '_' or '+' or '#' or '=' or '^' or '°' || (after is '\'' or '-' or '.' && char.IsLetterOrDigit(next)) || (after == ' ' && next is '=' or '+'))
        {
            return false;
        }

        if (char.IsAsciiLetterLower(text[at]))
        {
            // In running text a small letter needs its bracket.
            if (after is not (')' or ']')
                && (text.Length > at + 3 || !text[(at + 1)..].Trim(".*\u0002 ").IsEmpty || !text[Math.Max(0, at - 8)..at].Trim(" (*\n\u0001:").IsEmpty))
            {
                return false;
            }
        }
        else if (text[at] is 'A' or 'I' && after == ' ' && char.IsLetter(next) && !Words.IsAny(Words.At(text, at + 2), Followers))
        {
            return false;
        }

        letter = 1u << ((text[at] | 0x20) - 'a');
        return true;
    }

    private bool StartsLetter(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && text[at] is ' ' or '(' or '[' or '*')
        {
            at++;
        }

        return TryLetter(text, at, out _);
    }

    private static bool EndsLetter(ReadOnlySpan<char> text, int at) =>
        at >= text.Length || text[at] is ')' or ']' or '.' or ':' or ',' or ';' or '\n' or '\r' or '*' or '"'
        || (text[at] == ' ' && at + 1 < text.Length && (text[at + 1] == '-' || Words.IsAny(Words.At(text, at + 1), Followers)));

    private static int SkipItemMarks(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && text[at] is ' ' or '*' or '-' or '(' or '[' or '>' or '\t')
        {
            at++;
        }

        return at;
    }

    private int SkipLeadIn(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && !TryLetter(text, at, out _))
        {
            var word = Words.At(text, at);
            if (Words.IsAny(word, LeadIns))
            {
                at += word.Length;
            }
            else if (word.IsEmpty && text[at] is ' ' or '\n' or '\r' or '\t' or '*' or '_' or '"' or '\'' or '`' or '(' or '[' or '{' or ':' or '$' or ',' or PlainText.BoxStart)
            {
                at++;
            }
            else
            {
                break;
            }
        }

        return at;
    }
}
