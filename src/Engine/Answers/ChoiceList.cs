namespace Ensemble.Answers;

/// <summary>The choices that a question lists, from A on.</summary>
internal sealed class ChoiceList
{
    /// <summary>Taken where letters are asked for and the question lists none.</summary>
    public static readonly ChoiceList Unlisted = new(10, []);

    private const int Letters = 26;

    /// <summary>Characters of the last choice's line that are read: a short text is shorter.</summary>
    private const int MaxLineLength = 1024;

    private static readonly Phrases SingleChoicePhrases =
        Phrases.Of("which", "choose", "select", "option", "correct", "following", "answer");

    private readonly string?[] _texts;

    private ChoiceList(int count, string?[] texts)
    {
        Count = count;
        _texts = texts;
    }

    /// <summary>Choices; the first is A.</summary>
    public int Count { get; }

    /// <summary>
    /// Finds "A)", "(A)" and "[A]" anywhere, "A." and "A:" at the start of a line; letters in order, in one style. Of several lists the
    /// last one counts, so that examples before the question do not.
    /// </summary>
    /// <returns>Null where there are not at least two choices.</returns>
    public static ChoiceList? In(ReadOnlySpan<char> text)
    {
        Span<int> starts = stackalloc int[Letters];
        Span<int> marks = stackalloc int[Letters];
        var (count, style, last) = (0, default(Style), default(ChoiceList));

        // Small letters number parts of a task as often as they number choices.
        var takesLower = SingleChoicePhrases.IsIn(text);
        for (var at = 0; at < text.Length; at++)
        {
            if (!char.IsAsciiLetter(text[at]) || (!takesLower && char.IsAsciiLetterLower(text[at]))
                || !IsMark(text, at, out var here, out var start))
            {
                continue;
            }

            var letter = (text[at] | 0x20) - 'a';
            if (letter == 0)
            {
                last = Finish(text, starts[..count], marks[..count]) ?? last;
                (count, style) = (0, here);
            }

            if (letter == count && here == style && count < Letters)
            {
                marks[count] = at;
                starts[count++] = start;
            }
        }

        return Finish(text, starts[..count], marks[..count]) ?? last;
    }

    /// <returns>The place of the choice that reads like this; -1 where there is none, or more than one.</returns>
    public int Find(string? text)
    {
        var place = text is null ? -1 : Array.IndexOf(_texts, text);
        return place < 0 || Array.LastIndexOf(_texts, text) == place ? place : -1;
    }

    private static ChoiceList? Finish(ReadOnlySpan<char> text, ReadOnlySpan<int> starts, ReadOnlySpan<int> marks)
    {
        if (starts.Length < 2)
        {
            return null;
        }

        var texts = new string?[starts.Length];
        for (var index = 0; index < starts.Length; index++)
        {
            var limit = index + 1 < starts.Length ? marks[index + 1] : Math.Min(text.Length, starts[index] + MaxLineLength);
            var end = Sentences.LineEnd(text[..limit], Math.Min(starts[index], limit));
            texts[index] = end > starts[index] ? ShortAnswer.Of(text[starts[index]..end].TrimEnd("([*-,; ")) : null;
        }

        return new ChoiceList(starts.Length, texts);
    }

    private static bool IsMark(ReadOnlySpan<char> text, int at, out Style style, out int start)
    {
        (style, start) = (default, at + 1);
        var before = at == 0 ? '\n' : text[at - 1];
        while (start < text.Length && text[start] == '*')
        {
            start++;
        }

        if (start >= text.Length)
        {
            return false;
        }

        var after = text[start++];
        if (after is not (')' or ']' or '.' or ':') || char.IsLetterOrDigit(before) || before is '\'' or '_')
        {
            return false;
        }

        while (start < text.Length && text[start] is '*' or ' ')
        {
            start++;
        }

        style = new Style(before is '(' or '[', after, char.IsAsciiLetterLower(text[at]));
        return after switch
        {
            ')' => before is '(' or ' ' or '\n' or '\t' or '*' or '-' or '>',
            ']' => before == '[',
            _ => text[..at].TrimEnd(" \t*->•") is [] or [.., '\n'],
        };
    }

    private readonly record struct Style(bool IsEnclosed, char Mark, bool IsLower);
}
