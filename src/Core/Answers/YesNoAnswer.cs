namespace Ensemble.Answers;

/// <summary>Whether a text says yes or no; true and false are the same.</summary>
internal readonly record struct YesNoAnswer : IStatedReader<bool>
{
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Yes = Words.Set("yes yeah yep true oui ja sí да はい 是 是的 对");

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> No = Words.Set("no nope false non nein нет いいえ 否 不 不是 不对");

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> LeadIns = Words.Set(
        "is are it it's that that's would be therefore thus so then hence simply probably likely definitely clearly actually indeed a an "
        + "clear resounding in conclusion overall well oh");

    // "No more than 5" and "no one" say something else; "no, it is not" does not.
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Speakers =
        Words.Set("it it's they he she that that's this there you i we because since the as sir");

    public bool AmongChoices => false;

    public Found Read(ReadOnlySpan<char> text, out bool value)
    {
        var found = Stated.Last(text, this, out value);
        if (found != Found.None)
        {
            return found;
        }

        // What it ends with corrects what it began with.
        var start = Sentences.Start(text, text.Length);
        found = start == 0 ? Found.None : Read(text, start, text.Length, isLoose: false, out value, out _);
        if (found == Found.None)
        {
            found = Read(text, 0, text.Length, isLoose: false, out value, out _);
        }

        for (var at = 0; found == Found.None && Bolds.Next(text, ref at, out var bold, out _);)
        {
            found = IsAll(bold, out value) ? Found.Value : Found.None;
        }

        return found;
    }

    /// <summary>Whether the text is that word alone.</summary>
    public bool IsAll(ReadOnlySpan<char> text, out bool value) =>
        Read(text, 0, text.Length, isLoose: false, out value, out var end) == Found.Value
        && text[end..].Trim(" .,!*_\"'`)\n\r\u0002").IsEmpty;

    public Found Read(ReadOnlySpan<char> text, int start, int end, bool isLoose, out bool value, out int valueEnd)
    {
        text = text[..end];
        valueEnd = SkipLeadIn(text, start);
        var word = Words.At(text, valueEnd);
        value = Words.IsAny(word, Yes);
        if (!value && !Words.IsAny(word, No))
        {
            return Found.None;
        }

        valueEnd += word.Length;
        var next = valueEnd;
        while (next < text.Length && text[next] is ' ' or '*')
        {
            next++;
        }

        var after = Words.At(text, next);
        if (Words.Is(after, "and") || Words.Is(after, "or") || (next < text.Length && text[next] == '/'))
        {
            var other = Words.At(text, next + Math.Max(1, after.Length + 1));
            return Words.IsAny(other, Yes) || Words.IsAny(other, No) ? Found.Unclear : Found.Value;
        }

        return !after.IsEmpty && after[0] < '\u2E80' && !Words.IsAny(after, Speakers) ? Found.None : Found.Value;
    }

    private static int SkipLeadIn(ReadOnlySpan<char> text, int at)
    {
        text = text[..Math.Min(text.Length, at + Stated.LongestLeadIn)];
        while (at < text.Length)
        {
            var word = Words.At(text, at);
            if (Words.IsAny(word, LeadIns))
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
