namespace Ensemble.Answers;

/// <summary>Looks at single characters of a text; past its end there is none.</summary>
internal static class Characters
{
    public static bool IsDigit(ReadOnlySpan<char> text, int at) => at < text.Length && char.IsAsciiDigit(text[at]);

    public static bool IsAt(ReadOnlySpan<char> text, int at, char character) => at < text.Length && text[at] == character;

    public static int SkipDigits(ReadOnlySpan<char> text, int at)
    {
        while (IsDigit(text, at))
        {
            at++;
        }

        return at;
    }

    public static int SkipSpaces(ReadOnlySpan<char> text, int at)
    {
        while (IsAt(text, at, ' '))
        {
            at++;
        }

        return at;
    }
}
