using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Upstreams;

namespace Ensemble.Answers;

/// <summary>
/// Finds what a candidate says, for one request. Left to itself it looks for what the request asks for: JSON, tool calls, a choice, else a
/// number that is stated, yes or no, else a few words; prose has no typed answer. A refusal, an "I don't know" and a filtered answer state
/// nothing. A reader has no state: any number of threads may use it.
/// </summary>
internal sealed class AnswerReader
{
    private readonly AnswerType _type;
    private readonly bool _tools;
    private readonly bool _wantsObject;
    private readonly Question? _question;

    private AnswerReader(AnswerType type, bool tools, bool wantsObject, Question? question)
    {
        _type = type;
        _tools = tools;
        _wantsObject = wantsObject;
        _question = question;
    }

    /// <param name="type">Looked for instead of what the request asks for, unless it is <see cref="AnswerType.Auto"/>.</param>
    /// <param name="tools">Whether the candidates may call tools.</param>
    public static AnswerReader For(ChatRequest chat, AnswerType type, bool tools)
    {
        if (type is AnswerType.Text)
        {
            return new AnswerReader(type, tools, wantsObject: false, question: null);
        }

        var format = Question.WantsJsonObject(chat);
        if (type == AnswerType.Auto && format is not null)
        {
            type = AnswerType.Json;
        }

        var question = type is AnswerType.Json or AnswerType.ShortText ? null : Question.Of(chat, withNumbers: type == AnswerType.Number);
        return new AnswerReader(type, tools, format == true, question);
    }

    /// <returns>Null where the answer states nothing that could be counted.</returns>
    public TypedAnswer? Read(ChatAnswer answer)
    {
        if (_type == AnswerType.Text)
        {
            return null;
        }

        if (_tools && answer.CallsTools)
        {
            return ToolCallAnswer.Of(answer);
        }

        if (!RefusalDetector.HasAnswer(answer) || string.IsNullOrWhiteSpace(answer.Content))
        {
            return null;
        }

        if (_type == AnswerType.Json)
        {
            return JsonAnswer.Of(answer.Content, _wantsObject) is { } json ? new TypedAnswer(TypedAnswerKind.Json, json) : null;
        }

        using var plain = PlainText.Of(answer.Content);
        var text = plain.Span;
        return _type switch
        {
            AnswerType.Choice => Choice(text, _question!.Choices ?? ChoiceList.Unlisted),
            AnswerType.Number => Number(text, answer.IsCut),
            AnswerType.YesNo => new YesNoAnswer().Read(text, out var isYes) == ParseResult.Value ? YesNo(isYes) : null,
            AnswerType.ShortText => Short(text, answer.IsCut),
            _ => Guess(text, answer.IsCut) ?? (_tools ? ToolCallAnswer.None : null),
        };
    }

    private TypedAnswer? Guess(ReadOnlySpan<char> text, bool isCut)
    {
        if (_question!.Choices is { } choices)
        {
            return Choice(text, choices);
        }

        var reader = new NumberAnswer(_question.AsksPercent);
        var found = AnswerStatement.Last(text, reader, out NumberValue number);
        if (found == ParseResult.None && (reader.Whole(text, out number)
            || (found = reader.Bold(text, mayDiffer: false, out number)) == ParseResult.Value
            || (found == ParseResult.None && _question.AsksQuantity && !_question.AsksYesNo && reader.Conclusion(text, out number))))
        {
            found = ParseResult.Value;
        }

        if (found == ParseResult.Value)
        {
            return isCut && EndsInNumber(text) ? null : new TypedAnswer(TypedAnswerKind.Number, number.ToString());
        }

        var yesNo = new YesNoAnswer();
        if (_question.AsksYesNo ? yesNo.Read(text, out var isYes) == ParseResult.Value : yesNo.IsAll(text, out isYes))
        {
            return YesNo(isYes);
        }

        return Short(text, isCut);
    }

    // Without a statement the last number of a text that came to its end is taken: a caller that forces the type knows that there is one.
    private TypedAnswer? Number(ReadOnlySpan<char> text, bool isCut)
    {
        var reader = new NumberAnswer(_question!.AsksPercent);
        var found = AnswerStatement.Last(text, reader, out NumberValue number);
        if (found == ParseResult.None
            && (reader.Whole(text, out number) || reader.Bold(text, mayDiffer: true, out number) == ParseResult.Value
            || (!isCut && reader.Last(text, _question.Numbers, out number))))
        {
            found = ParseResult.Value;
        }

        return found == ParseResult.Value && !(isCut && EndsInNumber(text))
            ? new TypedAnswer(TypedAnswerKind.Number, number.ToString())
            : null;
    }

    private static TypedAnswer? Choice(ReadOnlySpan<char> text, ChoiceList choices)
    {
        var reader = new ChoiceAnswer(choices.Count);
        var found = reader.Read(text, out var picked);
        if (found == ParseResult.None && choices.Find(ShortAnswer.In(text)) is var place and >= 0)
        {
            (picked, found) = (1u << place, ParseResult.Value);
        }

        return found == ParseResult.Value ? new TypedAnswer(TypedAnswerKind.Choice, ChoiceAnswer.Write(picked)) : null;
    }

    // A few words that were cut may be the beginning of others, and of a number the last digits may be missing.
    private static TypedAnswer? Short(ReadOnlySpan<char> text, bool isCut) =>
        !isCut && ShortAnswer.In(text) is { } words ? new TypedAnswer(TypedAnswerKind.ShortText, words) : null;

    private static bool EndsInNumber(ReadOnlySpan<char> text) => text[^1] is (>= '0' and <= '9') or '.' or ',';

    private static TypedAnswer YesNo(bool isYes) => new(TypedAnswerKind.YesNo, isYes ? "yes" : "no");
}
