namespace Ensemble.Answers;

/// <summary>What Markdown sets in bold.</summary>
internal static class BoldSpans
{
    private const int MaxLength = 200;
    private const int MaxMarkLength = 16;

    /// <param name="at">Where to look from; afterwards, where to go on.</param>
    /// <param name="isItem">Whether it numbers or heads a line that goes on after it: <c>**1.** First</c>.</param>
    public static bool Next(ReadOnlySpan<char> text, ref int at, out ReadOnlySpan<char> bold, out bool isItem)
    {
        bold = [];
        isItem = false;
        while (at < text.Length)
        {
            var open = text[at..].IndexOf("**");
            if (open < 0)
            {
                return false;
            }

            var start = at + open + 2;
            var length = text[start..Math.Min(text.Length, start + MaxLength)].IndexOf("**");
            if (length <= 0 || text.Slice(start, length).Contains('\n') || text[start] == ' ')
            {
                at = start;
                continue;
            }

            bold = text.Slice(start, length);
            at = start + length + 2;
            var before = text[Math.Max(0, start - MaxMarkLength)..(start - 2)].TrimEnd(" -*#");
            var isFirst = before.IsEmpty ? start <= MaxMarkLength : before[^1] == '\n';
            isItem = isFirst && (bold[^1] is '.' or ')' or ':' || text[at..].StartsWith(":"))
                && !text[at..Sentences.LineEnd(text, at)].Trim(" :").IsEmpty;
            return true;
        }

        return false;
    }
}
