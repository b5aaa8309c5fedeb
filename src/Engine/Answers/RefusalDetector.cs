using System.Buffers;
using Ensemble.Upstreams;

namespace Ensemble.Answers;

/// <summary>
/// Whether an answer answers at all. A text is a refusal, or unsure, by how it begins and by what follows: an answer that says so in
/// passing, quotes it, or goes on to state something is neither.
/// </summary>
internal static class RefusalDetector
{
    private const int MaxRefusalLength = 800;
    private const int MaxUnsureLength = 300;

    private static readonly string[] ApologyPhrases =
    [
        "i'm sorry", "i am sorry", "i'm very sorry", "i'm really sorry", "sorry", "i apologize", "i apologise", "my apologies", "apologies",
        "unfortunately", "regrettably", "as an ai", "as a language model", "as a large language model",
        "as an artificial intelligence",
    ];

    private static readonly string[] InabilityPhrases =
    [
        "i can't", "i cannot", "i can not", "i'm unable to", "i am unable to", "i'm not able to", "i am not able to", "i won't",
        "i will not", "i'm not going to", "i am not going to", "i must decline", "i have to decline",
        "i decline", "i refuse", "i'm not comfortable", "i am not comfortable", "i'm not allowed to", "i am not allowed to",
        "i'm not permitted to", "i am not permitted to", "i couldn't", "unable to",
    ];

    private static readonly string[] NoAccessPhrases =
        ["i don't have access", "i do not have access", "i don't have the ability", "i do not have the ability", "i lack the ability", "this request", "that request", "your request"];

    // What a bare "I can't" must not do to be a refusal: "I can't swim" answers a question.
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> ServiceVerbs = WordScanner.Set(
        "help assist provide answer comply fulfill fulfil discuss engage create generate write share give offer support continue participate respond process complete accommodate tell advise recommend " +
        "do produce describe explain proceed with to that be");

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> FillerWords =
        WordScanner.Set("i'm i am really honestly sorry afraid but must to say that , unfortunately well hmm");

    private static readonly string[] UnsurePhrases =
    [
        "i don't know", "i do not know", "i'm not sure", "i am not sure", "i'm unsure", "i am unsure", "i have no idea", "i've no idea",
        "no idea", "not sure", "i'm not certain", "i am not certain", "i don't have enough information",
        "i do not have enough information", "don't know", "dunno", "i really don't know", "i honestly don't know",
    ];

    private static readonly SearchValues<string> GuessPhrases = SearchValues.Create(
        ["i think", "i believe", "i'd say", "i would say", "i'd guess", "my guess", "my best guess", "best guess",
         "it's probably", "probably", "it might be", "it may be", "it could be", "it is about", "it's about", "the answer is", "however"],
        StringComparison.OrdinalIgnoreCase);

    public static bool HasAnswer(ChatAnswer answer) =>
        string.IsNullOrWhiteSpace(answer.Refusal) && answer.FinishReason != "content_filter"
        && (answer.CallsTools || (!string.IsNullOrWhiteSpace(answer.Content) && !IsRefusal(answer.Content) && !IsUnsure(answer.Content)));

    /// <summary>Whether the text declines to answer, in English.</summary>
    public static bool IsRefusal(string text)
    {
        if (text.Length > MaxRefusalLength * 2)
        {
            return false;
        }

        using var plain = PlainText.Of(text);
        var all = plain.Span.Trim();
        if (all.IsEmpty || all.Length > MaxRefusalLength || (all[0] | 0x20) is not ('i' or 's' or 'm' or 'a' or 'u' or 'r' or 'n'))
        {
            return false;
        }

        var first = all[..Sentences.End(all, 0)];
        if (StartsWithAny(first, ApologyPhrases) > 0)
        {
            // "I'm sorry. I can't help." and "I'm sorry, but I can't help."
            var opening = first.Length < 40 ? all[..Sentences.End(all, first.Length)] : first;
            return (IndexOfAny(opening, InabilityPhrases) >= 0 || IndexOfAny(opening, NoAccessPhrases) >= 0) && !StatesAnswer(all);
        }

        var length = StartsWithAny(first, InabilityPhrases);
        return length > 0 && first[length..].TrimStart(" ") is var rest && WordScanner.IsAny(WordScanner.At(rest, 0), ServiceVerbs)
            && !StatesAnswer(all);
    }

    /// <summary>Whether the text says that it does not know, and no more, in English.</summary>
    public static bool IsUnsure(string text)
    {
        if (text.Length > MaxUnsureLength * 2)
        {
            return false;
        }

        using var plain = PlainText.Of(text);
        var all = plain.Span.Trim();
        if (all.IsEmpty || all.Length > MaxUnsureLength)
        {
            return false;
        }

        var rest = all;
        while (WordScanner.At(rest, 0) is { IsEmpty: false } word && WordScanner.IsAny(word, FillerWords)
            && StartsWithAny(rest, UnsurePhrases) == 0)
        {
            rest = rest[word.Length..].TrimStart(" ,.");
        }

        return StartsWithAny(rest, UnsurePhrases) > 0 && rest.IndexOfAny(GuessPhrases) < 0 && !StatesAnswer(all);
    }

    private static bool StatesAnswer(ReadOnlySpan<char> text)
    {
        Span<Statement> statements = stackalloc Statement[StatementFinder.MaxStatements];
        return StatementFinder.Find(text, statements, amongChoices: false) > 0;
    }

    private static int StartsWithAny(ReadOnlySpan<char> text, string[] phrases)
    {
        foreach (var phrase in phrases)
        {
            if (text.StartsWith(phrase, StringComparison.OrdinalIgnoreCase)
                && (text.Length == phrase.Length || !char.IsLetter(text[phrase.Length])))
            {
                return phrase.Length;
            }
        }

        return 0;
    }

    private static int IndexOfAny(ReadOnlySpan<char> text, string[] phrases)
    {
        foreach (var phrase in phrases)
        {
            var at = text.IndexOf(phrase, StringComparison.OrdinalIgnoreCase);
            if (at >= 0)
            {
                return at;
            }
        }

        return -1;
    }
}
