namespace Ensemble.Answers;

/// <summary>Finds choices that a text speaks of without stating an answer: those that it praises, and those that it names at all.</summary>
/// <param name="letters">Tells which letters are choices.</param>
internal readonly struct ChoiceMentions(ChoiceLetters letters)
{
    private const int MaxSubjectLength = 240;

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> PraiseWords = WordScanner.Set("correct right best true");

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> WordsBeforePraise =
        WordScanner.Set("the most be definitely clearly indeed therefore thus only also both one our a single actually");

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Verdicts =
        WordScanner.Set("say guess so therefore hence thus think");

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Denials =
        WordScanner.Set("not isn't aren't neither never nor cannot can't wasn't");

    private readonly ChoiceLetters _letters = letters;

    /// <summary>"Option C is correct", "(B) Paris is the right answer", "Both A and C are correct".</summary>
    public ParseResult Praised(ReadOnlySpan<char> text, out uint picked)
    {
        picked = 0;
        for (var at = 0; at < text.Length;)
        {
            var word = WordScanner.At(text, at);
            if (word.IsEmpty)
            {
                at++;
                continue;
            }

            if (WordScanner.IsAny(word, PraiseWords) && SubjectEnd(text, at) is var end and > 0
                && Subject(text, end) is var subject and not 0)
            {
                picked = subject;
            }

            at += word.Length;
        }

        return picked == 0 ? ParseResult.None : ParseResult.Value;
    }

    /// <summary>Letters in brackets, or called an option; 0 where one of them is denied.</summary>
    public uint Mentioned(ReadOnlySpan<char> text)
    {
        uint mentioned = 0;
        for (var at = 0; at < text.Length; at++)
        {
            if (!_letters.Try(text, at, out var letter))
            {
                continue;
            }

            var before = WordScanner.Before(text, at);
            if (WordScanner.IsAny(before, Denials) || AnswerStatement.IsCalledWrong(text, at + 1))
            {
                return 0;
            }

            var isEnclosed = at > 0 && text[at - 1] is '(' or '[' or '*';
            var isFirst = text[..at].TrimEnd(" *-\t") is [] or [.., '\n'];
            if (isEnclosed || isFirst
                || WordScanner.Is(before, "option") || WordScanner.Is(before, "choice") || WordScanner.Is(before, "both")
                || WordScanner.IsAny(before, Verdicts) || (mentioned != 0 && WordScanner.Is(before, "and")))
            {
                mentioned |= letter;
            }
        }

        return mentioned;
    }

    private uint Subject(ReadOnlySpan<char> text, int end)
    {
        var near = text[Math.Max(0, end - MaxSubjectLength)..end];
        return Mentioned(near[Sentences.Start(near, near.Length)..]);
    }

    // Where the verb before a word of praise stands; -1 where the praise is denied, or is not said of anything.
    private static int SubjectEnd(ReadOnlySpan<char> text, int at)
    {
        for (var words = 0; words < 5; words++)
        {
            var before = WordScanner.Before(text, at);
            at = before.IsEmpty ? 0 : text[..at].LastIndexOf(before, StringComparison.Ordinal);
            if (WordScanner.Is(before, "is") || WordScanner.Is(before, "are"))
            {
                return at;
            }

            if (!WordScanner.IsAny(before, WordsBeforePraise))
            {
                return -1;
            }
        }

        return -1;
    }
}
