namespace Ensemble.Answers;

/// <summary>
/// Finds where a plain text states its answer: "the answer is", "Answer:", "A:" at the start of a line, "####", a box, and what they
/// are called in a few other languages.
/// </summary>
internal static class StatementFinder
{
    /// <summary>Of more statements the last ones are kept.</summary>
    public const int MaxStatements = 32;

    // Ends that are looked for once all statements are known: for each of thousands of marks they would be sought through the whole text.
    private const int BoxEnd = -1;
    private const int LineEnd = -2;
    private const int TagEnd = -3;

    private const int MaxGapLength = 80;
    private const int MaxWordsBetween = 8;

    private static readonly Phrases Marks = Phrases.Of(
        "\u0001", "####", "\nA:", "\nA :", "\n**A:", "answer", "ans:", "ans.", "result", "antwort", "respuesta", "réponse", "resposta",
        "risposta", "ответ", "答案", "答え", "答:", "正解", "정답");

    private static readonly Phrases ChoiceMarks = Phrases.Of(
        "\u0001", "####", "answer", "ans:", "ans.", "choice", "option", "letter", "choose", "select", "pick", "go with", "antwort",
        "respuesta", "réponse", "resposta", "risposta", "ответ", "答案", "答え", "答:", "正解", "정답");

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Copulas =
        WordScanner.Set("is was are be equals ist est es é è lautet это 是 为 為 は 은 는");

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Denials =
        WordScanner.Set("isn't wasn't aren't isnt wasnt can't cannot couldn't wouldn't shouldn't not never");

    // What begins a clause of its own: "the answer that you want is …" says nothing yet.
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Stops =
        WordScanner.Set("that which because if when whether and but who this these those you it i we depends choices key");

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> NonAnswerWords =
        WordScanner.Set("to wrong incorrect intuitive tempting naive previous former your their his her any no possible partial");

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> SuppositionWords =
        WordScanner.Set("if suppose supposing assume assuming whether unless say");

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> PickVerbs = WordScanner.Set("choose select pick with");

    /// <param name="statements">At least <see cref="MaxStatements"/> places.</param>
    /// <param name="amongChoices">Whether "option B" and the like are statements, and "A:" is not one but a choice.</param>
    /// <returns>How many there are, in the order of the text.</returns>
    public static int Find(ReadOnlySpan<char> text, Span<Statement> statements, bool amongChoices)
    {
        var count = 0;
        if (!amongChoices && (text.StartsWith("A:") || text.StartsWith("**A:")))
        {
            Add(statements, ref count, new Statement(text.IndexOf(':') + 1, text.Length, IsNegated: false));
        }

        var marks = (amongChoices ? ChoiceMarks : Marks).For(text);
        for (var at = 0; at < text.Length;)
        {
            var next = text[at..].IndexOfAny(marks);
            if (next < 0)
            {
                break;
            }

            at += next;
            var end = at;
            if (Read(text, ref end, amongChoices) is { } statement)
            {
                Add(statements, ref count, statement);
            }

            at = Math.Max(end, at + 1);
        }

        foreach (ref var statement in statements[..count])
        {
            statement = statement with { End = End(text, statement) };
        }

        return count;
    }

    private static void Add(Span<Statement> statements, ref int count, Statement statement)
    {
        if (count == MaxStatements)
        {
            statements[1..MaxStatements].CopyTo(statements);
            count--;
        }

        statements[count++] = statement;
    }

    private static int End(ReadOnlySpan<char> text, Statement statement)
    {
        var close = statement.End switch
        {
            BoxEnd => text[statement.Start..].IndexOf(PlainText.BoxEnd),
            TagEnd => text[statement.Start..].IndexOf("</"),
            LineEnd => text[statement.Start..].IndexOf('\n'),
            _ => statement.End - statement.Start,
        };
        return close < 0 ? text.Length : statement.Start + close;
    }

    private static Statement? Read(ReadOnlySpan<char> text, ref int at, bool amongChoices)
    {
        switch (text[at])
        {
            case PlainText.BoxStart:
                return new Statement(++at, BoxEnd, IsNegated: false);
            case '#':
                at += 4;
                return at < text.Length && text[at] == '#' ? null : new Statement(at, LineEnd, IsNegated: false);
            case '\n':
                at += text[at..].IndexOf(':') + 1;
                return new Statement(at, text.Length, IsNegated: false);
        }

        var word = WordScanner.At(text, at);
        var isSpaced = text[at] < '\u2E80';
        if (isSpaced && ((at > 0 && (char.IsLetter(text[at - 1]) || text[at - 1] == '/')) || IsSuppositionOrOther(text, at)))
        {
            at += word.Length;
            return null;
        }

        if (!isSpaced)
        {
            at += 2;
            while (at < text.Length && text[at] is ' ' or ':' or '是' or '为' or '為' or 'は' or '은' or '는' or '*')
            {
                at++;
            }

            return new Statement(at, text.Length, IsNegated: false);
        }

        at += word.Length;
        if (WordScanner.Is(word, "go") && Characters.IsAt(text, at, ' '))
        {
            at += 1 + WordScanner.At(text, at + 1).Length;
        }

        if (word.EndsWith("s", StringComparison.OrdinalIgnoreCase) && !WordScanner.Is(word, "ans"))
        {
            return null;
        }

        if (amongChoices && (WordScanner.Is(word, "option") || WordScanner.Is(word, "choice") || WordScanner.Is(word, "letter"))
            && StartsLetter(text, at))
        {
            // "Option B is wrong" speaks of it, and does not choose it: that is for the words around it to say.
            return null;
        }

        if (amongChoices && (WordScanner.IsAny(word, PickVerbs) || WordScanner.Is(word, "go")))
        {
            return new Statement(at, text.Length, WordScanner.IsAny(WordScanner.Before(text, at - word.Length), Denials));
        }

        // Much results in something: the noun is followed by what it is.
        return Copula(text, WordScanner.Is(word, "result") ? 0 : MaxWordsBetween, ref at);
    }

    private static Statement? Copula(ReadOnlySpan<char> text, int maxWords, ref int at)
    {
        var limit = Math.Min(text.Length, at + MaxGapLength);
        var isNegated = false;
        for (var words = 0; at < limit;)
        {
            var character = text[at];
            if (character is ':' or '=')
            {
                return new Statement(++at, text.Length, isNegated);
            }

            if (character == '>' && words == 0)
            {
                return new Statement(++at, TagEnd, isNegated);
            }

            if (character == '\n' || (character == '-' && Characters.IsAt(text, at + 1, ' ')))
            {
                // A heading of its own: what it announces stands below.
                return words == 0 ? new Statement(++at, text.Length, isNegated) : null;
            }

            if (character is '.' && words == 0 && WordScanner.Is(WordScanner.Before(text, at), "ans"))
            {
                return new Statement(++at, text.Length, isNegated);
            }

            if (character is '.' or '!' or '?' or ';' or '#' or PlainText.BoxStart)
            {
                return null;
            }

            var word = WordScanner.At(text, at);
            if (word.IsEmpty)
            {
                at++;
                continue;
            }

            at += word.Length;
            if (WordScanner.IsAny(word, Denials))
            {
                isNegated = true;
                if (word.EndsWith("n't", StringComparison.OrdinalIgnoreCase) && !WordScanner.Is(WordScanner.At(text, at + 1), "be"))
                {
                    return new Statement(at, text.Length, isNegated);
                }
            }
            else if (WordScanner.IsAny(word, Copulas))
            {
                var next = WordScanner.At(text, at + 1);
                if (WordScanner.IsAny(next, Denials))
                {
                    at += 1 + next.Length;
                    isNegated = true;
                }

                return new Statement(at, text.Length, isNegated);
            }
            else if (WordScanner.IsAny(word, Stops) || ++words > maxWords)
            {
                return null;
            }
        }

        return null;
    }

    private static bool IsSuppositionOrOther(ReadOnlySpan<char> text, int at)
    {
        for (var back = 0; back < 3; back++)
        {
            var word = WordScanner.Before(text, at);
            if (word.IsEmpty)
            {
                return false;
            }

            if ((back == 0 && WordScanner.IsAny(word, NonAnswerWords)) || WordScanner.IsAny(word, SuppositionWords))
            {
                return true;
            }

            at = (int)(text[..at].LastIndexOf(word, StringComparison.Ordinal));
        }

        return false;
    }

    private static bool StartsLetter(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && text[at] is ' ' or '(' or '*' or '[')
        {
            at++;
        }

        return at < text.Length && char.IsAsciiLetter(text[at]) && (at + 1 == text.Length || !char.IsLetter(text[at + 1]));
    }
}
