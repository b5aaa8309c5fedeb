namespace Ensemble.Providers.Calls;

/// <summary>A tag that models write around their thoughts, as the beginning of a text has it.</summary>
internal readonly struct ReasoningTag
{
    public const int None = 0;

    /// <summary>The text ends before it is clear.</summary>
    public const int Partial = 1;
    public const int Open = 2;
    public const int Close = 3;

    /// <summary>What follows is the answer, whatever came before.</summary>
    public const int Answer = 4;

    /// <summary>What follows is a thought, or a message to somebody else, until <see cref="Answer"/>.</summary>
    public const int Channel = 5;

    /// <summary>A part of the answer ends here.</summary>
    public const int Mark = 6;

    /// <summary>Of what may stand between a tag's name and its end, in characters.</summary>
    private const int MaxTagLength = 128;

    private static readonly string[] Names =
    [
        "think", "thinking", "thought", "thoughts", "reasoning", "reflection", "antThinking", "seed:think", "mm:think",
    ];

    /// <param name="text">Not empty.</param>
    /// <param name="length">Of the tag; 0 where there is none.</param>
    public static int Match(ReadOnlySpan<char> text, out int length)
    {
        length = 0;
        if (text is ['<', '|', ..])
        {
            return SpecialToken.Match(text, out length);
        }

        var end = text[0] switch { '<' => '>', '[' => ']', '◁' => '▷', _ => '\0' };
        if (end == '\0')
        {
            return None;
        }

        var isClose = text.Length > 1 && text[1] == '/';
        var start = isClose ? 2 : 1;
        var at = start;
        while (at < text.Length && (char.IsAsciiLetter(text[at]) || text[at] == ':'))
        {
            at++;
        }

        var name = text[start..at];
        if (at == text.Length)
        {
            return Begins(name, end) ? Partial : None;
        }

        if (!IsName(name, end))
        {
            return None;
        }

        if (text[at] != end && !char.IsWhiteSpace(text[at]))
        {
            return None;
        }

        // Attributes, as of <think type="x">.
        var rest = text[at..Math.Min(text.Length, at + MaxTagLength)];
        var stop = rest.IndexOfAny(end, text[0]);
        if (stop < 0)
        {
            return at + rest.Length == text.Length && rest.Length < MaxTagLength ? Partial : None;
        }

        if (rest[stop] != end)
        {
            return None;
        }

        length = at + stop + 1;
        return isClose ? Close : Open;
    }

    private static bool Begins(ReadOnlySpan<char> name, char end)
    {
        foreach (var known in Names)
        {
            if (known.AsSpan().StartsWith(name, StringComparison.OrdinalIgnoreCase))
            {
                return end != ']' || "THINK".AsSpan().StartsWith(name, StringComparison.Ordinal);
            }
        }

        return false;
    }

    // In brackets only as Mistral writes it: "[thought]" is anybody's text.
    private static bool IsName(ReadOnlySpan<char> name, char end)
    {
        if (end == ']')
        {
            return name.SequenceEqual("THINK");
        }

        foreach (var known in Names)
        {
            if (name.Equals(known, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
