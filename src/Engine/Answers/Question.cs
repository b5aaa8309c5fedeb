using System.Text.Json;
using Ensemble.Chat;

namespace Ensemble.Answers;

/// <summary>What the last user message asks for, as far as it can be told from its words.</summary>
internal sealed class Question
{
    private static readonly Phrases Quantities = Phrases.Of(
        "how many", "how much", "how long", "how far", "how old", "how tall", "how fast", "how big", "how large", "how high", "how heavy",
        "calculate", "compute", "evaluate",
        "what is the total", "what is the sum", "what is the number", "what is the value", "what is the difference", "what is the product",
        "what is the average",
        "what is the area", "what is the probability", "find the value", "find the number", "find the total", "find the sum", "多少", "几");

    private static readonly string[] SumStarts = ["what is ", "what's "];

    private static readonly Phrases Sums = Phrases.Of(SumStarts);

    private static readonly Phrases Percents = Phrases.Of("percent", "per cent", "%");

    private static readonly Phrases EitherOrPhrases = Phrases.Of("yes or no", "yes/no", "true or false", "true/false");

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Verbs = WordScanner.Set(
        "is are was were am be do does did can could will would should shall has have had may might must isn't aren't wasn't weren't don't "
        + "doesn't didn't can't couldn't won't wouldn't shouldn't hasn't haven't");

    private Question(ReadOnlySpan<char> text, bool withNumbers)
    {
        Choices = ChoiceList.In(text);
        AsksYesNo = IsYesNo(text);
        AsksQuantity = Quantities.IsIn(text) || AsksSum(text);
        AsksPercent = IsPercent(text);
        if (withNumbers)
        {
            var numbers = new HashSet<NumberValue>();
            for (var at = 0; NumberScanner.Next(text, at, out var token); at = token.End)
            {
                numbers.Add(token.Value);
            }

            Numbers = numbers;
        }
    }

    /// <summary>Null where it lists none.</summary>
    public ChoiceList? Choices { get; }

    public bool AsksYesNo { get; }

    public bool AsksQuantity { get; }

    /// <summary>Whether the answer is wanted in percent.</summary>
    public bool AsksPercent { get; }

    /// <summary>The numbers that it gives, where they were asked for.</summary>
    public IReadOnlyCollection<NumberValue> Numbers { get; } = [];

    /// <param name="withNumbers">Whether <see cref="Numbers"/> are wanted.</param>
    public static Question Of(ChatRequest chat, bool withNumbers)
    {
        for (var index = chat.Messages.Count - 1; index >= 0; index--)
        {
            if (chat.Messages[index].Role == ChatRole.User)
            {
                using var text = PlainText.Of(ChatText.Of(chat, chat.Messages[index], notes: false));
                return new Question(text.Span, withNumbers);
            }
        }

        return new Question([], withNumbers);
    }

    /// <returns>Null where any text will do; else whether it must be an object.</returns>
    public static bool? WantsJsonObject(ChatRequest chat)
    {
        if (!chat.TryGetField("response_format", out var field) || field.Kind != JsonTokenType.StartObject)
        {
            return null;
        }

        using var document = JsonSanitizer.Parse(chat.SliceMemory(field.Value));
        foreach (var property in document.RootElement.EnumerateObject())
        {
            if (property.NameIs("type") && property.Value.ValueKind == JsonValueKind.String)
            {
                return property.Value.TextIs("json_object") ? true : property.Value.TextIs("json_schema") ? false : null;
            }
        }

        return null;
    }

    private static bool IsYesNo(ReadOnlySpan<char> text)
    {
        if (EitherOrPhrases.IsIn(text))
        {
            return true;
        }

        var mark = text.LastIndexOf('?');
        if (mark <= 0)
        {
            return false;
        }

        var sentence = text[Sentences.Start(text, mark)..mark].TrimStart(" \t\r\n*\"'");
        return WordScanner.IsAny(WordScanner.At(sentence, 0), Verbs)
            && (!sentence.Contains(" or ", StringComparison.OrdinalIgnoreCase) || sentence.EndsWith(
                "or not", StringComparison.OrdinalIgnoreCase));
    }

    // "What is 12 * 7?"
    private static bool AsksSum(ReadOnlySpan<char> text)
    {
        foreach (var start in Sums.IsIn(text) ? SumStarts : [])
        {
            var at = text.LastIndexOf(start, StringComparison.OrdinalIgnoreCase);
            if (at >= 0 && text[(at + start.Length)..].TrimStart("(-$") is [>= '0' and <= '9', ..])
            {
                return true;
            }
        }

        return text.TrimEnd().EndsWith("=", StringComparison.Ordinal) || text.TrimEnd().EndsWith("= ?", StringComparison.Ordinal)
            || text.TrimEnd().EndsWith("=?", StringComparison.Ordinal);
    }

    // "What percentage", "in %"; not "20 percent of them".
    private static bool IsPercent(ReadOnlySpan<char> text)
    {
        var signs = Percents.For(text);
        for (var at = 0; text[at..].IndexOfAny(signs) is var next and >= 0; at += next + 1)
        {
            if (text[..(at + next)].TrimEnd(" -") is not [.., var last] || !char.IsDigit(last))
            {
                return true;
            }
        }

        return false;
    }
}
