namespace Ensemble.Answers;

internal ref partial struct PlainText
{
    private const int MaxDepth = 32;

    /// <returns>Characters of <paramref name="rest"/> that were used.</returns>
    private int LatexCommand(scoped ReadOnlySpan<char> rest, scoped Span<Brace> braces, ref int depth)
    {
        if (rest.Length > 1 && !char.IsAsciiLetter(rest[1]))
        {
            switch (rest[1])
            {
                case '(' or ')' or '[' or ']' or ',' or '!' or ';' or ':':
                    return 2;
                case '$' or '%' or '#' or '&' or '_' or '{' or '}':
                    Append(rest[1]);
                    return 2;
                case ' ':
                    Append(' ');
                    return 2;
            }
        }

        var length = 1;
        while (length < rest.Length && length < 16 && char.IsAsciiLetter(rest[length]))
        {
            length++;
        }

        var braced = length < rest.Length && rest[length] == '{';
        switch (rest[1..length])
        {
            case "boxed" or "fbox" when braced && depth < MaxDepth:
                Append(BoxStart);
                Open(braces, ref depth, Brace.Box);
                return length + 1;
            case "frac" or "dfrac" or "tfrac" or "cfrac" when braced && depth < MaxDepth:
                if (_length > 0 && char.IsAsciiDigit(_rented[_length - 1]))
                {
                    Append(' ');
                }

                Open(braces, ref depth, Brace.Numerator);
                return length + 1;
            case "text" or "textbf" or "textit" or "mathrm" or "mathbf" or "mathit" or "mbox" or "operatorname" when braced && depth < MaxDepth:
                Open(braces, ref depth, Brace.Dropped);
                return length + 1;
            case "left" or "right" or "displaystyle" or "quad" or "qquad":
                return length;
            case "times":
                Append('×');
                return length;
            case "cdot":
                Append('*');
                return length;
            case "div":
                Append('÷');
                return length;
            case "approx":
                Append('≈');
                return length;
            default:
                Append('\\');
                return 1;
        }
    }

    private static void Open(Span<Brace> braces, ref int depth, Brace brace)
    {
        if (depth < MaxDepth)
        {
            braces[depth] = brace;
        }

        depth++;
    }

    /// <returns>Characters after the brace that were used too.</returns>
    private int Close(scoped ReadOnlySpan<char> rest, scoped Span<Brace> braces, ref int depth)
    {
        var brace = depth == 0 ? Brace.Plain : --depth < MaxDepth ? braces[depth] : Brace.Plain;
        switch (brace)
        {
            case Brace.Box:
                Append(BoxEnd);
                return 0;
            case Brace.Numerator:
                Append('/');
                if (rest is ['}', '{', ..])
                {
                    Open(braces, ref depth, Brace.Dropped);
                    return 1;
                }

                return 0;
            case Brace.Dropped:
                return 0;
            default:
                Append('}');
                return 0;
        }
    }

    private enum Brace : byte
    {
        Plain,
        Dropped,
        Box,
        Numerator,
    }
}
