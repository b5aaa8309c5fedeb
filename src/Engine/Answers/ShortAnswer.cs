namespace Ensemble.Answers;

/// <summary>The few words that a text is, or ends by stating: "The answer is the Seine." says what "Seine" says.</summary>
internal static class ShortAnswer
{
    private static readonly string[] Fillers = ["it's ", "it is ", "that's ", "that is ", "the ", "a ", "an "];

    /// <returns>Null where the text states none.</returns>
    public static string? In(ReadOnlySpan<char> text)
    {
        Span<Statement> statements = stackalloc Statement[StatementFinder.MaxStatements];
        var count = StatementFinder.Find(text, statements, amongChoices: false);
        if (count > 0)
        {
            var (start, end, isNegated) = statements[count - 1];
            end = Math.Min(end, Sentences.End(text, start));
            if (isNegated)
            {
                return null;
            }

            if (text[end..].Trim(" \t\r\n*_$.\"\u0002").IsEmpty && Of(text[start..end]) is { } stated)
            {
                return stated;
            }
        }

        return Of(text);
    }

    /// <returns>The text in its normal form, without an article before it; null where it is longer than a short answer.</returns>
    public static string? Of(ReadOnlySpan<char> text)
    {
        var normal = AnswerText.Short(text);
        if (normal is null)
        {
            return null;
        }

        foreach (var filler in Fillers)
        {
            if (normal.Length > filler.Length && normal.StartsWith(filler, StringComparison.Ordinal))
            {
                normal = normal[filler.Length..];
            }
        }

        return normal;
    }
}
