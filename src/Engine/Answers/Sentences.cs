namespace Ensemble.Answers;

/// <summary>Where lines and sentences begin and end. A point inside of a number ends nothing.</summary>
internal static class Sentences
{
    public static int LineEnd(ReadOnlySpan<char> text, int from)
    {
        var end = text[from..].IndexOf('\n');
        return end < 0 ? text.Length : from + end;
    }

    /// <returns>The first character after the sentence that holds <paramref name="from"/>; blank lines before it do not end it.</returns>
    public static int End(ReadOnlySpan<char> text, int from)
    {
        while (from < text.Length && text[from] is ' ' or '\n' or '\r' or '\t')
        {
            from++;
        }

        for (var at = from; at < text.Length; at++)
        {
            if (text[at] == '\n' || IsStop(text, at))
            {
                return at + 1;
            }
        }

        return text.Length;
    }

    /// <returns>Where the last sentence before <paramref name="end"/> begins.</returns>
    public static int Start(ReadOnlySpan<char> text, int end)
    {
        text = text[..end];
        var at = text.TrimEnd(" \t\r\n.!?*_`\"')").Length;
        while (at > 0 && text[at - 1] != '\n' && !IsStop(text, at - 1))
        {
            at--;
        }

        return at;
    }

    private static bool IsStop(ReadOnlySpan<char> text, int at) =>
        text[at] is '.' or '!' or '?' && (at + 1 == text.Length || text[at + 1] is ' ' or '\n' or '\r' or '\t' or '*' or '"' or ')');
}
