namespace Ensemble.Answers;

/// <summary>Takes off the code fence that models put around JSON.</summary>
internal static class JsonFence
{
    public const string Whitespace = " \t\r\n\uFEFF";

    /// <summary>Of which the end of a fence consists, with the white space around it.</summary>
    public const string End = Whitespace + Marks;

    private const string Marks = "`~";
    private const string Ticks = "```";
    private const string Tildes = "~~~";
    private const string Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    /// <returns>What stands inside one fence, or the text itself, each without white space around it.</returns>
    public static ReadOnlyMemory<char> Inside(string text)
    {
        var whole = text.AsMemory().Trim(Whitespace);
        return IsOpen(whole.Span) && Begin(whole.Span) is { } start ? whole[start..].TrimEnd(End) : whole;
    }

    /// <summary>Whether text is the beginning of a fence, or may become one.</summary>
    public static bool MayOpen(ReadOnlySpan<char> text) => IsOpen(text) || Ticks.StartsWith(text) || Tildes.StartsWith(text);

    /// <param name="text">Begins with a fence; may be the beginning of a longer one.</param>
    /// <returns>Where the value begins; null where there is none, or not yet.</returns>
    public static int? Begin(ReadOnlySpan<char> text)
    {
        var info = text.TrimStart(Marks);
        var line = info.IndexOf('\n');

        // A word may name the language; on the line of the fence the value can follow it.
        var value = (line >= 0 && !info[..line].ContainsAny('{', '[') ? info[line..] : info.TrimStart(Letters)).TrimStart(Whitespace);
        return value.IsEmpty || (line < 0 && value[0] is not ('{' or '[')) ? null : text.Length - value.Length;
    }

    public static bool MayBeginValue(char first) => first is '{' or '[' or '"' or '-' or 't' or 'f' or 'n' || char.IsAsciiDigit(first);

    private static bool IsOpen(ReadOnlySpan<char> text) => text.StartsWith(Ticks) || text.StartsWith(Tildes);
}
