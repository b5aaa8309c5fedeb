namespace Ensemble.Answers;

/// <summary>Whether a text says yes or no; true and false are the same.</summary>
internal readonly record struct YesNoAnswer : IStatementReader<bool>
{
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Yes =
        WordScanner.Set("yes yeah yep true oui ja sí да はい 是 是的 对");

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> No =
        WordScanner.Set("no nope false non nein нет いいえ 否 不 不是 不对");

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> LeadIns = WordScanner.Set(
        "is are it it's that that's would be therefore thus so then hence simply probably likely definitely clearly actually indeed a an "
        + "clear resounding in conclusion overall well oh");

    // "No more than 5" and "no one" say something else; "no, it is not" does not.
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> SpeakerWords =
        WordScanner.Set("it it's they he she that that's this there you i we because since the as sir");

    public bool AmongChoices => false;

    public ParseResult Read(ReadOnlySpan<char> text, out bool value)
    {
        var found = AnswerStatement.Last(text, this, out value);
        if (found != ParseResult.None)
        {
            return found;
        }

        // What it ends with corrects what it began with.
        var start = Sentences.Start(text, text.Length);
        found = start == 0 ? ParseResult.None : Read(text, start, text.Length, isLoose: false, out value, out _);
        if (found == ParseResult.None)
        {
            found = Read(text, 0, text.Length, isLoose: false, out value, out _);
        }

        for (var at = 0; found == ParseResult.None && BoldSpans.Next(text, ref at, out var bold, out _);)
        {
            found = IsAll(bold, out value) ? ParseResult.Value : ParseResult.None;
        }

        return found;
    }

    /// <summary>Whether the text is that word alone.</summary>
    public bool IsAll(ReadOnlySpan<char> text, out bool value) =>
        Read(text, 0, text.Length, isLoose: false, out value, out var end) == ParseResult.Value
        && text[end..].Trim(" .,!*_\"'`)\n\r\u0002").IsEmpty;

    public ParseResult Read(ReadOnlySpan<char> text, int start, int end, bool isLoose, out bool value, out int valueEnd)
    {
        text = text[..end];
        valueEnd = SkipLeadIn(text, start);
        var word = WordScanner.At(text, valueEnd);
        value = WordScanner.IsAny(word, Yes);
        if (!value && !WordScanner.IsAny(word, No))
        {
            return ParseResult.None;
        }

        valueEnd += word.Length;
        var next = valueEnd;
        while (next < text.Length && text[next] is ' ' or '*')
        {
            next++;
        }

        var after = WordScanner.At(text, next);
        if (WordScanner.Is(after, "and") || WordScanner.Is(after, "or") || (next < text.Length && text[next] == '/'))
        {
            var other = WordScanner.At(text, next + Math.Max(1, after.Length + 1));
            return WordScanner.IsAny(other, Yes) || WordScanner.IsAny(other, No) ? ParseResult.Unclear : ParseResult.Value;
        }

        return !after.IsEmpty && after[0] < '\u2E80' && !WordScanner.IsAny(after, SpeakerWords) ? ParseResult.None : ParseResult.Value;
    }

    private static int SkipLeadIn(ReadOnlySpan<char> text, int at)
    {
        text = text[..Math.Min(text.Length, at + AnswerStatement.MaxLeadInLength)];
        while (at < text.Length)
        {
            var word = WordScanner.At(text, at);
            if (WordScanner.IsAny(word, LeadIns))
            {
                at += word.Length;
            }
            else if (word.IsEmpty && text[at] is ' ' or '\n' or '\r' or '\t' or '*' or '_' or '"' or '\'' or '`'
                or '(' or ':' or ',' or '#' or PlainText.BoxStart)
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
