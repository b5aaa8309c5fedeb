namespace Ensemble.Answers;

/// <summary>Tells the letters of choices from the same letters in words, formulas and running text.</summary>
/// <param name="Count">Choices to pick from, the first called A.</param>
internal readonly record struct ChoiceLetters(int Count)
{
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> LeadIns = WordScanner.Set(
        "is are be it it's that that's would therefore thus so then hence simply probably likely most definitely clearly actually indeed only option options choice choices " +
        "letter answer answers the correct best right both go with to select choose pick for");

    // What may follow a letter that is also a word.
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Followers =
        WordScanner.Set("because since as and or is are was which for with due given would seems by but not");

    /// <param name="letter">Its bit, the lowest for A.</param>
    public bool Try(ReadOnlySpan<char> text, int at, out uint letter)
    {
        letter = 0;
        if (at >= text.Length || !char.IsAsciiLetter(text[at]) || (text[at] | 0x20) - 'a' >= Count
            || (at > 0 && (char.IsLetterOrDigit(text[at - 1]) || text[at - 1] is '_' or '\'') && text[at - 1] < '\u2E80'))
        {
            return false;
        }

        var after = at + 1 < text.Length ? text[at + 1] : '\n';
        var next = at + 2 < text.Length ? text[at + 2] : '\n';
        if ((char.IsLetterOrDigit(after) && after < '\u2E80') || after is '_' or '+' or '#' or '=' or '^' or '°'
            || (after is '\'' or '-' or '.' && char.IsLetterOrDigit(next)) || (after == ' ' && next is '=' or '+'))
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
        else if (text[at] is 'A' or 'I' && after == ' ' && char.IsLetter(next)
            && !WordScanner.IsAny(WordScanner.At(text, at + 2), Followers))
        {
            return false;
        }

        letter = 1u << ((text[at] | 0x20) - 'a');
        return true;
    }

    /// <summary>Whether a letter stands there, maybe in brackets or in bold.</summary>
    public bool Starts(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && text[at] is ' ' or '(' or '[' or '*')
        {
            at++;
        }

        return Try(text, at, out _);
    }

    /// <summary>Whether what stands after a letter ends it, instead of going on with a sentence that it begins.</summary>
    public static bool Ends(ReadOnlySpan<char> text, int at) =>
        at >= text.Length || text[at] is ')' or ']' or '.' or ':' or ',' or ';' or '\n' or '\r' or '*' or '"'
        || (text[at] == ' ' && at + 1 < text.Length && (text[at + 1] == '-' || WordScanner.IsAny(WordScanner.At(text, at + 1), Followers)));

    /// <returns>Where the line's text begins, after what marks it as an item.</returns>
    public static int SkipItemMarks(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && text[at] is ' ' or '*' or '-' or '(' or '[' or '>' or '\t')
        {
            at++;
        }

        return at;
    }

    /// <returns>Where the letter begins, after words and marks that only lead up to it.</returns>
    public int SkipLeadIn(ReadOnlySpan<char> text, int at)
    {
        text = text[..Math.Min(text.Length, at + AnswerStatement.MaxLeadInLength)];
        while (at < text.Length && !Try(text, at, out _))
        {
            var word = WordScanner.At(text, at);
            if (WordScanner.IsAny(word, LeadIns))
            {
                at += word.Length;
            }
            else if (word.IsEmpty && text[at] is ' ' or '\n' or '\r' or '\t' or '*' or '_' or '"' or '\'' or '`'
                or '(' or '[' or '{' or ':' or '$' or ',' or PlainText.BoxStart)
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
