using Ensemble.Catalog;
using Ensemble.Chat;

namespace Ensemble.Strategies;

/// <summary>Says whether a request is what a route's rule asks for. Depends on nothing else.</summary>
internal static class RouteMatch
{
    /// <summary>Patterns and keywords are looked for in so many UTF-16 units of the message, from its beginning.</summary>
    public const int MaxSearched = 20_000;

    public static bool Matches(RouteCondition when, ChatRequest chat)
    {
        var text = LastUserText(chat);
        var searched = text.Length > MaxSearched ? text[..MaxSearched] : text;
        return FitsLength(when, text)
            && (when.HasImages is not { } images || images == chat.Parts.Any(part => part.Kind == ContentPartKind.Image))
            && (when.Keywords.Count == 0 || when.Keywords.Any(keyword => HasWord(searched, keyword)))
            && when.Matches?.IsMatch(searched) != false
            && when.NotMatches?.IsMatch(searched) != true;
    }

    /// <summary>Words between blanks that have a letter or a digit; of Chinese and Japanese, which has no blanks, each character.</summary>
    public static int CountWords(ReadOnlySpan<char> text)
    {
        var (words, isInWord) = (0, false);
        foreach (var character in text)
        {
            if (IsHanOrKana(character))
            {
                words++;
                isInWord = false;
            }
            else if (char.IsWhiteSpace(character))
            {
                isInWord = false;
            }
            else if (!isInWord && char.IsLetterOrDigit(character))
            {
                words++;
                isInWord = true;
            }
        }

        return words;
    }

    private static bool FitsLength(RouteCondition when, string text)
    {
        if (when is { MinWords: null, MaxWords: null })
        {
            return true;
        }

        var words = CountWords(text);
        return (when.MinWords is not { } min || words >= min) && (when.MaxWords is not { } max || words <= max);
    }

    private static bool HasWord(string text, string keyword)
    {
        for (var at = 0; (at = text.IndexOf(keyword, at, StringComparison.OrdinalIgnoreCase)) >= 0; at++)
        {
            var end = at + keyword.Length;
            if ((at == 0 || !AreOneWord(text[at - 1], text[at])) && (end == text.Length || !AreOneWord(text[end - 1], text[end])))
            {
                return true;
            }
        }

        return false;
    }

    private static bool AreOneWord(char left, char right) =>
        char.IsLetterOrDigit(left) && char.IsLetterOrDigit(right) && !IsHanOrKana(left)
            && !IsHanOrKana(right);

    private static bool IsHanOrKana(char character) =>
        character is (>= '\u3041' and <= '\u3096') or (>= '\u30A1' and <= '\u30FA') or 'ー' or '々'
            or (>= '\u3400' and <= '\u4DBF') or (>= '\u4E00' and <= '\u9FFF');

    private static string LastUserText(ChatRequest chat)
    {
        for (var index = chat.Messages.Count - 1; index >= 0; index--)
        {
            if (chat.Messages[index].Role == ChatRole.User)
            {
                return ChatText.Of(chat, chat.Messages[index], notes: false);
            }
        }

        return "";
    }
}
